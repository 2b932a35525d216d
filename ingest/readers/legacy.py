"""Word and PowerPoint before 2007, through LibreOffice where it is installed; and what only bears their suffix."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from ingest.documents import ExtractedDocument, Reader
from ingest.errors import BrokenFile, NeedsLibreOffice, TooSlow

_SECONDS = 100
_OLE = b"\xd0\xcf\x11\xe0"
_TARGETS = {".doc": ("docx", "application/msword"), ".ppt": ("pptx", "application/vnd.ms-powerpoint")}
_REGISTRY = "http://openoffice.org/2001/registry"
_SETTINGS = (  # of LibreOffice's own configuration, by group and name
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),  # the highest: from trusted folders only, none is
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),  # pictures and frames that are elsewhere
    ("Writer/Content/Update", "Link", "0"),  # never
    ("Calc/Content/Update", "Link", "1"),  # never
)
_LOOKS = ((b"{\\rtf", "rtf"), (b"<", "html"))


class LegacyReader:
    media_type = "application/msword"

    def read(self, path: Path) -> ExtractedDocument:
        with path.open("rb") as file:
            head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
        for mark, module in _LOOKS:
            if head.startswith(mark):
                return _reader(module).read(path)
        if head.startswith(b"PK\x03\x04"):
            return _reader(_TARGETS[path.suffix.lower()][0]).read(path)
        if not head.startswith(_OLE):
            raise BrokenFile(detail="OLE")
        program = libreoffice()
        if program is None:
            raise NeedsLibreOffice(suffix=path.suffix.lower())
        target, media_type = _TARGETS[path.suffix.lower()]
        return replace(_converted(program, path, target), media_type=media_type)


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _converted(program: str, path: Path, target: str) -> ExtractedDocument:
    """What LibreOffice makes of it, with a new profile: no macro is run, no link followed.  In the child's folder."""
    with tempfile.TemporaryDirectory(prefix="office-") as folder:
        profile = Path(folder) / "profile"
        _write_settings(profile)
        try:
            done = subprocess.run(
                [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
                 "--nodefault", "--nolockcheck", "--nofirststartwizard", "--convert-to", target, "--outdir", folder,
                 str(path.absolute())],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise TooSlow(seconds=_SECONDS) from error
        made = Path(folder) / f"{path.stem}.{target}"
        if not made.exists():
            raise BrokenFile(detail=(done.stderr or done.stdout).decode("utf-8", "replace").strip()[:200])
        return _reader(target).read(made)


def _write_settings(profile: Path) -> None:
    settings = "".join(
        f'<item oor:path="/org.openoffice.Office.{group}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for group, name, value in _SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="{_REGISTRY}">{settings}</oor:items>',
        encoding="utf-8",
    )


def _reader(module: str) -> Reader:
    reader: Reader = import_module(f"ingest.readers.{module}").READER
    return reader


READER = LegacyReader()
