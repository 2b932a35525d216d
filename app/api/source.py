"""The page of a source, with the quotation highlighted: plain HTML, permanent, without any script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.access import LOCAL_USER
from app.api.source_html import not_found_html, source_html
from app.drawing import CannotDraw, Drawing, draw, highlight_top
from app.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bootstrap import House
    from index.records import SourcePage

_STRICT = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; `None` where it is no address of ours."""

    collection: str
    sha256: str
    page: int
    start: int
    end: int
    language: str
    words: str = ""  # with which the quotation begins

    @classmethod
    def of(cls, request: Request) -> Asked | None:
        try:
            page = int(request.path_params["page"])
            start = int(request.query_params.get("start", 0))
            end = int(request.query_params.get("end", 0))
        except ValueError:
            return None
        if page < 1 or not 0 <= start <= end:
            return None
        path = request.path_params
        return cls(
            path["collection"],
            path["sha256"],
            page,
            start,
            end,
            language_of(request),
            request.query_params.get("words", ""),
        )


def routes(house: Callable[[], House]) -> list[BaseRoute]:
    return [
        Route("/health", health),
        Route("/source/{collection}/{sha256}/{page:int}.png", partial(image, house)),
        Route("/source/{collection}/{sha256}/{page}", partial(page, house)),
    ]


async def health(_: Request) -> Response:
    return PlainTextResponse("ok")


async def page(house: Callable[[], House], request: Request) -> Response:
    asked = Asked.of(request)
    source = await run_in_threadpool(find, house(), asked) if asked else None
    if asked is None or source is None:
        return HTMLResponse(not_found_html(language_of(request)), 404, headers=_STRICT)
    drawn = await run_in_threadpool(_drawn, source, asked)
    top = highlight_top(drawn) if drawn else None
    shown = source_html(source, asked.start, asked.end, asked.language, drawn=drawn is not None, top=top)
    return HTMLResponse(shown, headers=_STRICT)


async def image(house: Callable[[], House], request: Request) -> Response:
    asked = Asked.of(request)
    source = await run_in_threadpool(find, house(), asked) if asked else None
    png = await run_in_threadpool(_drawn, source, asked) if asked and source else None
    if png is None:
        return PlainTextResponse("404", 404)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _drawn(source: SourcePage, asked: Asked) -> bytes | None:
    """The page as a picture; None for a format without pages to draw, or when drawing fails: then its text is shown."""
    if source.original is None:
        return None
    try:
        return draw(_drawing(source, asked))
    except CannotDraw:
        return None


def _drawing(source: SourcePage, asked: Asked) -> Drawing:
    return Drawing(
        str(source.original),
        source.page.number,
        source.page.text,
        asked.start,
        asked.end,
        is_picture=source.media_type.startswith("image/"),
        words=tuple(
            (one.left, one.top, one.right, one.bottom)
            for one in source.page.boxes
            if one.start < asked.end and one.end > asked.start
        ),
    )


def find(house: House, asked: Asked) -> SourcePage | None:
    """The stored page; a collection that may not be read and one that is not there are the same: nothing."""
    if asked.collection not in house.readable(LOCAL_USER):
        return None
    return house.index.source_page(asked.collection, asked.sha256, asked.page, start=asked.start, quote=asked.words)


def language_of(request: Request) -> str:
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")[:2]
    return wanted if wanted in LANGUAGES else "fr"
