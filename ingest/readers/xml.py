"""XML that archivists exchange: EAD finding aids and SEDA manifests.  No entity is resolved, nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Unsupported
from ingest.readers.builder import PageBuilder, one_line, stated

_EAD_COMPONENTS = frozenset(["c", *(f"c{number:02}" for number in range(1, 13))])
_EAD_PROSE = frozenset(
    "scopecontent bioghist custodhist acqinfo accessrestrict userestrict arrangement appraisal accruals altformavail"
    " originalsloc relatedmaterial separatedmaterial otherfindaid bibliography odd note processinfo prefercite phystech"
    " controlaccess fileplan index".split()
)
_EAD_BLOCKS = frozenset("p list head table chronlist".split())
_UNIT_FACTS = (
    "Description StartDate EndDate CreatedDate TransactedDate DescriptionLevel OriginatingAgencyArchiveUnitIdentifier"
    " DocumentType Coverage CustodialHistoryItem".split()
)


class XmlReader:
    media_type = "application/xml"

    def read(self, path: Path) -> ExtractedDocument:
        root = parse_xml(path.read_bytes())
        name = local_name(root)
        if name == "ead":
            return _finding_aid(root)
        if name == "ArchiveTransfer":
            return _manifest(root)
        raise Unsupported(suffix=f"XML « {name} »")


def parse_xml(content: bytes) -> Any:
    """The root element.  Raises BrokenFile."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFile(detail=error) from error


def local_name(element: Any) -> str:
    """The tag without its namespace; empty for comments, processing instructions and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Any, name: str) -> list[Any]:
    return [one for one in element if local_name(one) == name]


def child(element: Any, name: str) -> Any:
    """The first child of that name, or None."""
    return next(iter(children(element, name)), None)


def text_of(element: Any, name: str) -> str:
    """The text below the first child of that name, on one line; empty when there is none."""
    found = child(element, name) if element is not None else None
    return _text(found) if found is not None else ""


def _finding_aid(root: Any) -> ExtractedDocument:
    page = PageBuilder()
    described = child(root, "archdesc")
    if described is None:
        raise BrokenFile(detail="archdesc")
    header = child(root, "eadheader") if child(root, "eadheader") is not None else child(root, "control")
    proper = (
        next((one for one in header.iter() if local_name(one) == "titleproper"), None) if header is not None else None
    )
    title = _text(proper) if proper is not None else ""
    _component(page, described, 1)
    language = next((one.get("langcode") for one in root.iter() if local_name(one) == "language"), "")
    facts = stated(author=text_of(child(described, "did"), "repository"), language=language)
    return ExtractedDocument(title or page.first_heading, "application/ead+xml", (page.page(),), facts)


def _component(page: PageBuilder, element: Any, level: int) -> None:
    did = child(element, "did")
    if did is not None:
        reference, title = child(did, "unitid"), child(did, "unittitle")
        said = " ".join(_text(one) for one in (reference, title) if one is not None)
        page.heading(level, said or "…")
        for one in did:
            if local_name(one) not in {"", "head"} and one is not reference and one is not title:
                page.item(_text(one))
    _below(page, element, level)


def _below(page: PageBuilder, element: Any, level: int) -> None:
    """What stands beside the description: prose, components, and whatever wraps them (dsc, descgrp)."""
    for one in element:
        name = local_name(one)
        if name in _EAD_COMPONENTS:
            _component(page, one, level + 1)
        elif name in _EAD_PROSE:
            for part in _paragraphs(one):
                page.paragraph(part)
        elif any(local_name(inner) in _EAD_COMPONENTS | _EAD_PROSE | _EAD_BLOCKS for inner in one.iterdescendants()):
            if name != "did":
                _below(page, one, level)
        elif name not in {"", "did"}:
            page.paragraph(_text(one))


def _paragraphs(element: Any) -> Iterator[str]:
    """Blocks of prose, each once."""
    if not any(local_name(one) in _EAD_BLOCKS | _EAD_PROSE for one in element):
        yield _text(element)
        return
    for one in element:
        if local_name(one) in _EAD_PROSE:
            yield from _paragraphs(one)
        elif local_name(one):
            yield _text(one)


def _text(element: Any) -> str:
    return one_line(" ".join(element.itertext()))


def _manifest(root: Any) -> ExtractedDocument:
    from ingest.containers.seda import units

    page = PageBuilder()
    title = text_of(root, "Comment")
    page.paragraph(" ".join(filter(None, (title, text_of(root, "Date"), text_of(root, "MessageIdentifier")))))
    for unit in units(root):
        page.heading(len(unit.path), unit.path[-1])
        for name in _UNIT_FACTS:
            if said := text_of(unit.content, name):
                page.item(f"{name} : {said}")
        for name in ("service", "retention", "confidentiality"):
            if name in unit.metadata:
                page.item(f"{name} : {unit.metadata[name]}")
    facts = stated(date=text_of(root, "Date"))
    return ExtractedDocument(title or page.first_heading, "application/seda+xml", (page.page(),), facts)


READER = XmlReader()
