"""Sources as HTML and Markdown."""

from __future__ import annotations

from html import escape
from pathlib import Path

from app.sample.source import Block, SampleSource

_STYLE = "body{font-family:serif;max-width:45em;margin:auto}table{border-collapse:collapse}td,th{border:1px solid #888}"


def write_html(source: SampleSource, path: Path) -> None:
    body: list[str] = []
    for before, block in zip((None, *source.blocks), source.blocks, strict=False):
        inside = before is not None and before.kind == "item"
        if block.kind == "item" and not inside:
            body.append("<ul>")
        if block.kind != "item" and inside:
            body.append("</ul>")
        body.append(_html(block))
    if source.blocks[-1].kind == "item":
        body.append("</ul>")
    lines = "\n".join(body)
    path.write_text(
        f'<!DOCTYPE html>\n<html lang="fr">\n<head><meta charset="utf-8"><title>{escape(source.title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<nav>Accueil – Services – Contact</nav>\n<main>\n{lines}\n</main>\n"
        f"<footer><p>{escape(source.footer)}</p></footer>\n</body>\n</html>\n",
        encoding="utf-8",
    )


def write_markdown(source: SampleSource, path: Path) -> None:
    parts: list[str] = []
    for block in source.blocks:
        text = _markdown(block)
        parts.append(text if block.kind == "item" and parts and parts[-1].startswith("- ") else "\n" + text)
    path.write_text("\n".join(parts).strip() + "\n", encoding="utf-8")


def _html(block: Block) -> str:
    if block.kind == "heading":
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if block.kind == "item":
        return f"<li>{escape(block.text)}</li>"
    if block.kind == "table":
        rows = [
            "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
            for row, tag in zip(block.rows, ["th"] + ["td"] * len(block.rows), strict=False)
        ]
        return "<table>\n" + "\n".join(rows) + "\n</table>"
    return f"<p>{escape(block.text)}</p>"


def _markdown(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * block.level} {block.text}"
    if block.kind == "item":
        return f"- {block.text}"
    if block.kind == "table":
        lines = [f"| {' | '.join(row)} |" for row in block.rows]
        return "\n".join([lines[0], "|" + " --- |" * len(block.rows[0]), *lines[1:]])
    return block.text
