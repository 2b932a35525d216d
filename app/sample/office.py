"""Sources as DOCX and ODT, with nothing in the files that changes from one build to the next."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from app.sample.source import Block, SampleSource

_MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_ODT_TYPE = "application/vnd.oasis.opendocument.text"
_NAMESPACES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    }.items()
)


def write_docx(source: SampleSource, path: Path) -> None:
    from docx import Document

    document = Document()
    facts = document.core_properties
    facts.title, facts.author, facts.language = source.title, "Mairie de Saint-Aubin-des-Vignes", "fr-FR"
    facts.created = facts.modified = _MOMENT.replace(tzinfo=None)
    for block in source.blocks:
        if block.kind == "heading":
            document.add_heading(block.text, block.level)
        elif block.kind == "item":
            document.add_paragraph(block.text, style="List Bullet")
        elif block.kind == "table":
            table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
            for row, cells in zip(table.rows, block.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(block.text)
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as archive:
        _write_archive(path, {name: archive.read(name) for name in archive.namelist()})


def write_odt(source: SampleSource, path: Path) -> None:
    body = "".join(_odt(block, number) for number, block in enumerate(source.blocks))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    meta = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {_NAMESPACES} office:version="1.3"><office:meta>'
        f"<dc:title>{escape(source.title)}</dc:title><dc:language>fr-FR</dc:language>"
        f"<dc:date>{_MOMENT:%Y-%m-%dT%H:%M:%S}</dc:date></office:meta></office:document-meta>"
    )
    entries = "".join(
        f"<manifest:file-entry manifest:full-path={quoteattr(name)} manifest:media-type={quoteattr(kind)}/>"
        for name, kind in (("/", _ODT_TYPE), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3"'
        f' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>'
    )
    files = {"mimetype": _ODT_TYPE, "content.xml": content, "meta.xml": meta, "META-INF/manifest.xml": manifest}
    _write_archive(path, {name: text.encode() for name, text in files.items()})


def _odt(block: Block, number: int) -> str:
    text = escape(block.text)
    if block.kind == "heading":
        return f'<text:h text:outline-level="{block.level}">{text}</text:h>'
    if block.kind == "item":
        return f"<text:list><text:list-item><text:p>{text}</text:p></text:list-item></text:list>"
    if block.kind == "table":
        rows = "".join(
            "<table:table-row>"
            + "".join(f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row)
            + "</table:table-row>"
            for row in block.rows
        )
        columns = f'<table:table-column table:number-columns-repeated="{len(block.rows[0])}"/>'
        return f'<table:table table:name="T{number}">{columns}{rows}</table:table>'
    return f"<text:p>{text}</text:p>"


def _write_archive(path: Path, files: dict[str, bytes]) -> None:
    """The media type of an ODT stands first and unpacked, as its standard asks."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
