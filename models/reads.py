"""`python -m models.reads`: can llama.cpp, as it was compiled for this machine, read with the packaged model?

Exit 1 where it crashes: an installation asks before anybody else does.  Whatever else fails is said, and no reason to
compile it anew.
"""

from __future__ import annotations

import sys

from models.child import Child
from models.errors import CrashedAtStart, ModelFailure
from models.registry import packaged_cards


def main() -> None:
    for card in packaged_cards():
        if card.role == "generator":
            try:
                Child(card, threads=1, context_tokens=512).kill()
            except CrashedAtStart:
                raise SystemExit(1) from None
            except ModelFailure as failure:
                sys.stderr.write(f"{card.name}: {failure.code} {failure.parameters}\n")


if __name__ == "__main__":
    main()
