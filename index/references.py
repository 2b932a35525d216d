"""References of articles and texts, in one spelling: "article L. 1234-5", "L1234-5" and "art. L 1234-5" are one."""

from __future__ import annotations

import re

_DASH = r"[-‐‑–.]"
_CODE = re.compile(
    rf"(?<![\w])([LRDA])\s?\.?\s?\*?\s?(\d{{1,4}}(?:\s?{_DASH}\s?\d{{1,4}}){{0,4}})(?![\w])",
)
_ARTICLE = re.compile(rf"\b(?:articles?|art\.?)\s+(\d{{1,4}}(?:{_DASH}\d{{1,3}}){{0,3}})(?![\w])", re.IGNORECASE)
_NUMBER = re.compile(rf"(?:\bn\s?[°ºo]\s?|(?<![\w.-]))((?:19|20)\d\d|\d\d){_DASH}(\d{{2,5}})(?![\w-])", re.IGNORECASE)
_SEPARATOR = re.compile(rf"\s?{_DASH}\s?")


def references(text: str) -> list[str]:
    """Each reference once, in the order of its kind: "l1234-5", "art12", "2023-1305"."""
    found = [f"{one[1].lower()}{_dashed(one[2])}" for one in _CODE.finditer(text)]
    found += [f"art{_dashed(one[1])}" for one in _ARTICLE.finditer(text)]
    found += [f"{one[1]}-{one[2]}" for one in _NUMBER.finditer(_CODE.sub(" ", text))]
    return list(dict.fromkeys(found))


def _dashed(number: str) -> str:
    return _SEPARATOR.sub("-", number)
