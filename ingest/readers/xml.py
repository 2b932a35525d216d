"""XML that archivists exchange: EAD finding aids and SEDA manifests.  No entity is resolved, nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Unsupported
from ingest.readers.builder import PageBuilder, one_line, stated

_EAD_COMPONENTS = frozenset(["c", *(f"c{number:02}" for number in range(1, 13))])
_EAD_PLAIN = frozenset(
    "unitid unitdate unitdatestructured physdesc physdescstructured langmaterial origination repository container"
    " abstract materialspec physloc didnote".split()
)
_EAD_PROSE = frozenset(
    "scopecontent bioghist custodhist acqinfo accessrestrict userestrict arrangement appraisal accruals altformavail"
    " originalsloc relatedmaterial separatedmaterial otherfindaid bibliography odd note processinfo prefercite phystech"
    " controlaccess fileplan index".split()
)
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
    return one_line(" ".join(found.itertext())) if found is not None else ""


def _finding_aid(root: Any) -> ExtractedDocument:
    page = PageBuilder()
    described = child(root, "archdesc")
    if described is None:
        raise BrokenFile(detail="archdesc")
    header = child(root, "eadheader") if child(root, "eadheader") is not None else child(root, "control")
    proper = (
        next((one for one in header.iter() if local_name(one) == "titleproper"), None) if header is not None else None
    )
    title = one_line(" ".join(proper.itertext())) if proper is not None else ""
    _component(page, described, 1)
    language = next((one.get("langcode") for one in root.iter() if local_name(one) == "language"), "")
    facts = stated(author=text_of(child(described, "did"), "repository"), language=language)
    return ExtractedDocument(title or page.first_heading, "application/ead+xml", (page.page(),), facts)


def _component(page: PageBuilder, element: Any, level: int) -> None:
    did = child(element, "did")
    if did is not None:
        reference, title = text_of(did, "unitid"), text_of(did, "unittitle")
        page.heading(level, f"{reference} {title}".strip() or "…")
        for one in did:
            if local_name(one) in _EAD_PLAIN and local_name(one) != "unitid":
                page.item(one_line(" ".join(one.itertext())))
    for one in element:
        name = local_name(one)
        if name in _EAD_PROSE:
            for part in _paragraphs(one):
                page.paragraph(part)
        elif name in _EAD_COMPONENTS:
            _component(page, one, level + 1)
        elif name == "dsc":
            for inner in one:
                if local_name(inner) in _EAD_COMPONENTS:
                    _component(page, inner, level + 1)


def _paragraphs(element: Any) -> Iterator[str]:
    """Blocks of prose, each once."""
    blocks = [one for one in element if local_name(one) in {"p", "list", "head", "table", "chronlist"} | _EAD_PROSE]
    if not blocks:
        yield one_line(" ".join(element.itertext()))
    for one in blocks:
        if local_name(one) in _EAD_PROSE:
            yield from _paragraphs(one)
        else:
            yield one_line(" ".join(one.itertext()))


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
