"""Options of the command line that say which documents count."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.records import Filter

Documents = Annotated[
    list[str] | None, typer.Option("--document", help="Chemin d'un document de la collection (répétable).")
]
Kinds = Annotated[list[str] | None, typer.Option("--type", help="Suffixe : pdf, docx, eml… (répétable).")]
Service = Annotated[str, typer.Option("--service", help="Service producteur, tel que déclaré.")]
Author = Annotated[str, typer.Option("--author", help="Auteur, ou une partie de son nom.")]
Reference = Annotated[str, typer.Option("--reference", help="Référence ou cote, telle que déclarée.")]
Confidentiality = Annotated[
    str, typer.Option("--confidentiality", help="Mention de confidentialité, telle que déclarée.")
]
Language = Annotated[str, typer.Option("--language", help="Langue du document, telle que déclarée : fr, en…")]
InForceOn = Annotated[str, typer.Option("--in-force-on", help="En vigueur à cette date (AAAA-MM-JJ).")]
DatedFrom = Annotated[str, typer.Option("--dated-from", help="Daté de ce jour ou d'après (AAAA-MM-JJ).")]
DatedUntil = Annotated[str, typer.Option("--dated-until", help="Daté de ce jour ou d'avant (AAAA-MM-JJ).")]


def filter_of(
    *,
    documents: list[str] | None = None,
    kinds: list[str] | None = None,
    service: str = "",
    author: str = "",
    reference: str = "",
    confidentiality: str = "",
    language: str = "",
    in_force_on: str = "",
    dated_from: str = "",
    dated_until: str = "",
) -> Filter:
    """Raises BadDate, UnknownType."""
    from index.records import Filter

    return Filter(
        documents=frozenset(documents or ()),
        media_types=frozenset(_media_type(kind) for kind in kinds or ()),
        service=service,
        author=author,
        reference=reference,
        confidentiality=confidentiality,
        language=language,
        dated_from=_day(dated_from),
        dated_until=_day(dated_until),
        in_force_on=_day(in_force_on),
    )


def _media_type(kind: str) -> str:
    from app.errors import UnknownType
    from ingest.readers import media_type_of

    found = media_type_of(f".{kind.lower().lstrip('.')}")
    if found is None:
        raise UnknownType(kind=kind)
    return found


def _day(text: str) -> str:
    from app.errors import BadDate

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise BadDate(day=text) from error
