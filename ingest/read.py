"""One file read, its pictures recognised: the text of the content that was hashed, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.records import Source
from ingest.documents import ExtractedDocument
from ingest.errors import ChangedMeanwhile, IngestFailure, Unreadable
from ingest.held import Held
from ingest.isolate import IsolatedReader
from ingest.progress import Progress
from ingest.recognise import RecognisedPages, recognise_pictures
from ingest.scan import Verdict
from ingest.storing import ReadFile
from ingest.tools import toolset
from ingest.walk import Found


@dataclass(frozen=True, slots=True)
class Reading:
    """`known` is what was known of each path; `anew` recognises again what was recognised before."""

    known: Mapping[str, Source]
    held: Held
    kept: RecognisedPages
    progress: Progress
    anew: bool

    def read(self, reader: IsolatedReader, file: Found, verdict: Verdict) -> ReadFile:
        """A file that was written to since it was hashed is hashed and read once more."""
        try:
            extracted = self._extract(reader, file)
            if file.has_changed():
                self.kept.forget(file.sha256)
                if file.is_container:  # what it held was unpacked before
                    raise ChangedMeanwhile
                file = file.found_again()
                extracted = self._extract(reader, file)
                if file.has_changed():
                    raise ChangedMeanwhile
            return ReadFile(file, verdict, extracted)
        except IngestFailure as failure:
            return ReadFile(file, verdict, None, failure)
        except OSError as error:
            return ReadFile(file, verdict, None, Unreadable.of(error))

    def _extract(self, reader: IsolatedReader, file: Found) -> ExtractedDocument:
        before = self.known.get(file.name)
        if before and before.sha256 == file.sha256 and before.facts.made_with == toolset() and not self.anew:
            self.held.lend_recognised(before, self.kept)
        return recognise_pictures(
            reader.read(file.path), file.path, file.sha256, reader, self.kept, self.progress.recognised
        )
