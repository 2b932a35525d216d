"""Turn the sources into documents: `python -m app.sample.build [FOLDER]`.  The same sources give the same files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from app.sample.source import DOCUMENTS, SOURCES, SampleSource, read_source


def build(folder: Path = DOCUMENTS) -> list[Path]:
    """Write every document of the corpus into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_build_one(read_source(path), folder) for path in sorted(SOURCES.glob("*.md"))]


def _build_one(source: SampleSource, folder: Path) -> Path:
    path = folder / source.name
    writers()[path.suffix](source, path)
    return path


def writers() -> dict[str, Callable[[SampleSource, Path], None]]:
    from app.sample.office import write_docx, write_odt
    from app.sample.pdf import write_pdf
    from app.sample.web import write_html, write_markdown

    return {".pdf": write_pdf, ".docx": write_docx, ".odt": write_odt, ".html": write_html, ".md": write_markdown}


if __name__ == "__main__":
    for written in build(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS):
        print(written)
