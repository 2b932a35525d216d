"""What stands between two lines of dashes at the head of a Markdown file: facts about it, and no text."""

from __future__ import annotations

import re

from ingest.readers.builder import one_line

_BLOCK = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<lines>(?:[^\n]*\n){0,200}?)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_PAIR = re.compile(r"([\w.-]+)[ \t]*:(?:[ \t]+(.*)|)$")
_GOES_ON = re.compile(r"[ \t]|#|-[ \t]|$")  # a value over several lines, a comment, a member of a list
_NAMES = {
    "title": "title", "titre": "title", "author": "author", "authors": "author", "auteur": "author",
    "auteurs": "author", "date": "date", "lang": "language", "language": "language", "langue": "language",
}  # fmt: skip


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Facts by "title", "author", "date" and "language", and the text below.

    Of YAML, pairs on one line and lists of plain words are understood; what is not made of pairs is text.
    """
    block = _BLOCK.match(text)
    if block is None:
        return {}, text
    pairs: dict[str, list[str]] = {}
    name = ""
    for line in block["lines"].splitlines():
        if pair := _PAIR.match(line):
            name = pair[1].lower()
            pairs[name] = _values(pair[2] or "")
        elif not _GOES_ON.match(line):
            return {}, text
        elif name and (value := line.strip()) and not value.startswith("#"):
            pairs[name] += _values(value.removeprefix("- "))
    if not pairs:
        return {}, text
    facts = {_NAMES[name]: one_line(", ".join(values)) for name, values in pairs.items() if name in _NAMES}
    return facts, text[block.end() :]


def _values(written: str) -> list[str]:
    """The members of "[a, b]", else the value itself; without quotation marks, or the sign of a text to come."""
    bare = written.strip()
    members = bare[1:-1].split(",") if bare.startswith("[") and bare.endswith("]") else [bare]
    return [value for one in members if (value := one.strip().strip("\"'")) and value not in {"|", ">", ">-", "|-"}]
