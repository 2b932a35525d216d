"""Files that were made to harm: each ends in time and memory, with a name for what is wrong."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import IngestFailure, TooLarge, TooLong, TooSlow
from ingest.isolate import IsolatedReader
from tests import files

_ENDED = {"ingest.too_slow", "ingest.too_greedy", "ingest.broken_file", "ingest.reader_crashed"}
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[IsolatedReader]:
    with IsolatedReader(tmp_path / "spool", seconds=20, seconds_per_megabyte=0, memory_bytes=1 << 30) as reader:
        yield reader


def outcome(reader: IsolatedReader, path: Path) -> tuple[str, str]:
    """The text that was read, and the code of the failure: one of them is empty."""
    try:
        return "".join(page.text for page in reader.read(path).pages), ""
    except IngestFailure as failure:
        return "", f"{failure.code} {failure.parameters}"


def word_xml(body: str, prologue: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{prologue}'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>'
        f"<w:p><w:r><w:t>{body}</w:t></w:r></w:p></w:body></w:document>"
    )


def docx(path: Path, document: str, relations: str = "") -> Path:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return files.zipped(
        path,
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_WORD}.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/'
            'officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": document,
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f"{relations}</Relationships>",
        },
    )


def stream_pdf(path: Path, packed: bytes, pages: int = 1, count: int | None = None) -> Path:
    """A PDF whose pages all draw one deflated stream."""
    kids = " ".join(f"{4 + number} 0 R" for number in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count or pages}>>".encode(),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 3 0 R>>"] * pages,
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, body.rindex(b"endobj\n") + 7,
    )  # fmt: skip
    path.write_bytes(body)
    return path


def test_entities_that_multiply_are_not_resolved(reader: IsolatedReader, tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
    path = docx(tmp_path / "a.docx", word_xml("&l11;", f"<!DOCTYPE x [{laughs}]>"))
    assert len(outcome(reader, path)[0]) < 1000


def test_entities_that_name_a_file_are_not_read(reader: IsolatedReader, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("MOT DE PASSE")
    entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>'
    for path in (
        docx(tmp_path / "a.docx", word_xml("avant &s; après", entity)),
        write(tmp_path / "b.xml", f'<?xml version="1.0"?>{entity}<ead><archdesc><did><unittitle>&s;</unittitle></did>'
              "</archdesc></ead>"),
    ):  # fmt: skip
        assert not any("MOT DE PASSE" in one for one in outcome(reader, path))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_references_out_of_a_document_are_not_followed(reader: IsolatedReader, tmp_path: Path) -> None:
    """A relation that names a server: reading takes no connection (see also tests/acceptance/test_no_egress.py)."""
    outside = (
        '<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        ' Target="http://127.0.0.1:9/pixel.png" TargetMode="External"/>'
    )
    path = docx(tmp_path / "a.docx", word_xml("Bonjour."), outside)
    assert reader.read(path).pages[0].text == "Bonjour."


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "odt", "ods", "pptx", "epub"])
def test_office_files_that_unpack_beyond_reason_are_refused_before_they_are(
    suffix: str, reader: IsolatedReader, tmp_path: Path
) -> None:
    path = files.zipped(tmp_path / f"a.{suffix}", {"content.xml": b"<a>" + b" " * (300 << 20)})
    with pytest.raises(TooLarge):
        reader.read(path)


def test_archives_within_archives_end(tmp_path: Path) -> None:
    """A ZIP that holds a hundred copies of a ZIP that does: refused by its size, or told as too deep by the scan."""
    inner = files.zipped_bytes({"a.txt": "x" * 100})
    for _ in range(8):
        inner = files.zipped_bytes({f"{number}.zip": inner for number in range(20)})
    assert len(inner) < 50_000_000
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.zip").write_bytes(inner)
    from ingest.pipeline import Options, ingest
    from ingest.progress import SilentProgress
    from tests.fakes import FakeEmbedder
    from tests.makers import open_index

    embedder = FakeEmbedder()
    index = open_index(tmp_path / "data", embedder)
    report = ingest(
        [tmp_path / "corpus"], "essai", index=index, embedder=embedder, progress=SilentProgress(),
        options=Options(workers=1, most_members=300),
    )  # fmt: skip
    assert "ingest.too_many_members" in {one.code for one in report.files}


def test_gigabytes_behind_a_filter_end(reader: IsolatedReader, tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"BT /F 9 Tf (a) Tj ET " * 50_000) for _ in range(3000)) + packer.flush()
    path = stream_pdf(tmp_path / "a.pdf", packed)
    assert path.stat().st_size < 12_000_000
    assert outcome(reader, path)[1].partition(" ")[0] in {"", *_ENDED}


def test_a_page_tree_that_claims_two_billion_pages_ends(reader: IsolatedReader, tmp_path: Path) -> None:
    path = stream_pdf(tmp_path / "a.pdf", zlib.compress(b" "), pages=1, count=2_000_000_000)
    assert len(outcome(reader, path)[0]) < 1000


def test_more_pages_than_a_document_may_have_is_told(reader: IsolatedReader, tmp_path: Path) -> None:
    with pytest.raises(TooLong):
        reader.read(stream_pdf(tmp_path / "a.pdf", zlib.compress(b" "), pages=20_001))


def test_a_page_tree_that_holds_itself_ends(reader: IsolatedReader, tmp_path: Path) -> None:
    path = stream_pdf(tmp_path / "a.pdf", zlib.compress(b" "))
    path.write_bytes(path.read_bytes().replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]"))
    assert outcome(reader, path)[0] == ""


def test_markup_nested_without_end_ends(reader: IsolatedReader, tmp_path: Path) -> None:
    path = write(tmp_path / "a.html", "<div>" * 200_000 + "fin")
    assert outcome(reader, path)[1].partition(" ")[0] in {"", *_ENDED}


def test_a_picture_of_billions_of_pixels_is_refused(reader: IsolatedReader, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("1", (40_000, 40_000)).save(tmp_path / "a.png")
    with pytest.raises(TooLarge):
        reader.read(tmp_path / "a.png")


def test_a_reader_that_never_ends_is_ended(tmp_path: Path) -> None:
    """A regular expression's worst case cannot be had from outside; time is taken by size instead."""
    path = write(tmp_path / "a.csv", '"' + "a;b\n" * 3_000_000)
    with IsolatedReader(tmp_path / "spool", seconds=0.05, seconds_per_megabyte=0) as reader, pytest.raises(TooSlow):
        reader.read(path)
