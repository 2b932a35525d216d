"""Places of the words of a recognised page, packed: 16 bytes a word before compression."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from index.records import WordBox

_FINE = 10_000  # a page's side is cut into so many parts
_ROW = np.dtype([("start", "<u4"), ("end", "<u4"), ("box", "<u2", (4,))])


def pack(boxes: Sequence[WordBox]) -> bytes | None:
    """None for a page that was not recognised."""
    if not boxes:
        return None
    rows = np.array(
        [
            (one.start, one.end, [round(_FINE * side) for side in (one.left, one.top, one.right, one.bottom)])
            for one in boxes
        ],
        _ROW,
    )
    return zlib.compress(rows.tobytes())


def unpack(packed: bytes | None) -> tuple[WordBox, ...]:
    if packed is None:
        return ()
    rows = np.frombuffer(zlib.decompress(packed), _ROW)
    return tuple(
        WordBox(int(row["start"]), int(row["end"]), *(float(side) / _FINE for side in row["box"])) for row in rows
    )
