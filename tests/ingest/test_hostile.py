"""Files that were made to harm: each ends in time and memory, with a name for what is wrong."""

from __future__ import annotations

import select
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from ingest.errors import IngestFailure, TooLarge, TooLong, TooSlow
from ingest.isolate import IsolatedReader
from tests import files

_ENDED = {"ingest.too_slow", "ingest.too_greedy", "ingest.broken_file", "ingest.reader_crashed"}
_MEMORY = 1 << 30  # bytes that the child may take
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[IsolatedReader]:
    with IsolatedReader(tmp_path / "spool", seconds=20, seconds_per_megabyte=0, memory_bytes=_MEMORY) as reader:
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
    """A server listens where the documents point, and nobody calls (see also tests/acceptance/test_no_egress.py)."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"http://127.0.0.1:{server.getsockname()[1]}"
        relations = "".join(
            f'<Relationship Id="r{kind}" Type="{office}/{kind}" Target="{place}/{kind}" TargetMode="External"/>'
            for kind in ("image", "attachedTemplate", "hyperlink", "oleObject")
        )
        doctype = f'<!DOCTYPE ead SYSTEM "{place}/ead.dtd" [<!ENTITY % p SYSTEM "{place}/p.ent"> %p;]>'
        page = (
            f'<link rel="stylesheet" href="{place}/a.css"><script src="{place}/a.js"></script><img src="{place}/a.png">'
            f'<iframe src="{place}/a"></iframe><meta http-equiv="refresh" content="0; url={place}">Bonjour.'
        )
        assert reader.read(docx(tmp_path / "a.docx", word_xml("Bonjour."), relations)).pages[0].text == "Bonjour."
        assert "Bonjour." in outcome(reader, write(tmp_path / "a.html", page))[0]
        assert "Bonjour." in outcome(reader, write(tmp_path / "a.md", f"![]({place}/a.png) Bonjour."))[0]
        aid = f"{doctype}<ead><archdesc><did><unittitle>Bonjour.</unittitle></did></archdesc></ead>"
        assert outcome(reader, write(tmp_path / "a.xml", aid))[0] == "Bonjour."
        assert not has_caller(server)
        with socket.create_connection(server.getsockname()):
            assert has_caller(server)


def has_caller(server: socket.socket) -> bool:
    """Whether anybody has connected: the system takes calls up before they are answered."""
    return bool(select.select([server], [], [], 0)[0])


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
    """A gigabyte and a half of drawing for a child that may take one: refused, and never taken."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"BT /F 9 Tf (a) Tj ET " * 50_000) for _ in range(1500)) + packer.flush()
    path = stream_pdf(tmp_path / "a.pdf", packed)
    assert path.stat().st_size < 12_000_000
    with MemoryWatch() as watch:
        text, failure = outcome(reader, path)
    assert (text, failure.partition(" ")[0] in _ENDED) == ("", True)
    assert 0 < watch.peak <= _MEMORY


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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<div>" * 200_000 + "fin"),
        ("a.html", "<table><tr><td>a " * 50_000),
        ("a.xml", "<ead><archdesc>" + "<c><did><unittitle>a</unittitle></did>" * 50_000),
        ("a.md", "> " * 50_000 + "fin"),
        ("a.rtf", r"{\rtf1 " + "{" * 200_000 + "fin"),
    ],
)
def test_markup_nested_without_end_ends(name: str, text: str, reader: IsolatedReader, tmp_path: Path) -> None:
    with MemoryWatch() as watch:
        found, failure = outcome(reader, write(tmp_path / name, text))
    assert "crashed" not in failure
    assert "slow" not in failure
    assert len(found) <= len(text)
    assert 0 < watch.peak <= _MEMORY // 4


def test_a_picture_of_billions_of_pixels_is_refused(reader: IsolatedReader, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("1", (40_000, 40_000)).save(tmp_path / "a.png")
    with pytest.raises(TooLarge):
        reader.read(tmp_path / "a.png")


def test_a_reader_that_never_ends_is_ended(
    reader: IsolatedReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Within the same time a child that runs already reads a small file many times over; the one after it is new."""
    small, large = write(tmp_path / "a.csv", "Rue;Quartier\n"), write(tmp_path / "b.csv", "a;b\n" * 3_000_000)
    wanted = reader.read(small)
    (child,) = children()
    with monkeypatch.context() as patch:
        patch.setattr(reader, "_seconds", 0.3)
        assert reader.read(small) == wanted
        assert children() == [child]
        with pytest.raises(TooSlow):
            reader.read(large)
    assert not child.is_running()
    assert reader.read(small) == wanted


def children() -> list[psutil.Process]:
    """The reading processes of these tests."""
    return [one for one in psutil.Process().children() if "ingest.child" in one.cmdline()]


class MemoryWatch:
    """The most memory that reading processes hold while it watches, in bytes (resident, looked at every 20 ms)."""

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            with suppress(psutil.Error):
                self.peak = max([self.peak, *(one.memory_info().rss for one in children())])
