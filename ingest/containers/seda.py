"""SEDA transfer packages (Standard d'échange de données pour l'archivage, NF Z 44-022, versions 2.x).

The manifest's archive units give each file its place in a tree, its title, dates, producing service and rules.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.containers.unpack import entry_name, member_name
from ingest.errors import BrokenFile
from ingest.readers.xml import child, children, local_name, parse_xml, text_of

_MANIFEST = re.compile(r"([^/]+/)?manifest\.xml", re.IGNORECASE)  # at the top, or in a folder that was packed whole
_MOST_MANIFEST = 100 << 20
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Described:
    """A file of the package: its path by archive units, and what its unit states."""

    path: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """An archive unit with what it inherits from those above."""

    path: tuple[str, ...]
    content: Any
    metadata: Mapping[str, str]
    objects: tuple[str, ...]  # identifiers of its data objects or groups


def package_of(archive: zipfile.ZipFile) -> dict[str, Described]:
    """Files of the package by their name in the archive; empty when it has no SEDA manifest that can be read."""
    found: dict[str, Described] = {}
    for entry in archive.infolist():
        place = _MANIFEST.fullmatch(entry_name(entry).replace("\\", "/"))
        if place and entry.file_size <= _MOST_MANIFEST and (root := _transfer(archive, entry)) is not None:
            found |= _described(root, place[1] or "")
    return found


def _transfer(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Any:
    """The root of a manifest; None for what is none.  A broken one is told as a file like any other."""
    try:
        root = parse_xml(archive.read(entry))
    except (BrokenFile, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return None
    return root if local_name(root) == "ArchiveTransfer" else None


def _described(root: Any, folder: str) -> dict[str, Described]:
    """Files by their name in the archive: the manifest names them from `folder`, its own."""
    files = _files(root)
    described: dict[str, Described] = {}
    for unit in units(root):
        for one in unit.objects:
            for name, title in files.get(one, ()):
                path = "/".join((*unit.path, member_name(title or name).replace("/", "-")))
                described.setdefault(folder + name, Described(folder + path, unit.metadata))
    return described


def units(root: Any) -> Iterator[Unit]:
    """Archive units, outermost first."""
    package = child(root, "DataObjectPackage")
    if package is None:
        return
    inherited = _rules(child(package, "ManagementMetadata"))
    if service := text_of(child(package, "ManagementMetadata"), "OriginatingAgencyIdentifier"):
        inherited["service"] = service
    tree = child(package, "DescriptiveMetadata")
    if tree is not None:
        for one in children(tree, "ArchiveUnit"):
            yield from _unit(one, (), inherited)


def _unit(element: Any, above: tuple[str, ...], inherited: Mapping[str, str]) -> Iterator[Unit]:
    content = child(element, "Content")
    title = text_of(content, "Title") or element.get("id") or "?"
    path = (*above, member_name(title).replace("/", "-"))
    metadata = {**inherited, **_rules(child(element, "Management")), **_content(content), "title": title}
    held = [
        reference
        for one in children(element, "DataObjectReference")
        for name in ("DataObjectReferenceId", "DataObjectGroupReferenceId")
        if (reference := text_of(one, name))
    ]
    yield Unit(path, content, metadata, tuple(held))
    if len(path) < _DEEPEST:
        for one in children(element, "ArchiveUnit"):
            yield from _unit(one, path, {key: value for key, value in metadata.items() if key != "title"})


def _content(content: Any) -> dict[str, str]:
    """What the unit says of its files, by the names of our metadata."""
    found = {
        "date": next(
            (
                day
                for name in ("StartDate", "CreatedDate", "TransactedDate", "SentDate")
                if (day := text_of(content, name))
            ),
            "",
        )[:10],
        "author": text_of(child(content, "Writer") if content is not None else None, "FullName"),
        "service": text_of(child(content, "OriginatingAgency") if content is not None else None, "Identifier"),
        "language": text_of(content, "Language")[:2],
        "reference": text_of(content, "OriginatingAgencyArchiveUnitIdentifier"),
    }
    return {name: value for name, value in found.items() if value}


def _rules(management: Any) -> dict[str, str]:
    """Appraisal rule as `retention`, access rule as `confidentiality`."""
    found = {}
    for name, kept_as in (("AppraisalRule", "retention"), ("AccessRule", "confidentiality")):
        rule = child(management, name) if management is not None else None
        said = [text_of(rule, part) for part in ("Rule", "StartDate", "FinalAction")] if rule is not None else []
        if any(said):
            found[kept_as] = " ; ".join(part for part in said if part)
    return found


def _files(root: Any) -> dict[str, list[tuple[str, str]]]:
    """For each data object and each group: its files as (name in the archive, title of the file).

    A group is an element around its objects (from SEDA 2.1 on), or an identifier that its first object declares and
    that the others refer to (2.0).
    """
    found: dict[str, list[tuple[str, str]]] = {}
    package = child(root, "DataObjectPackage")
    for element in package.iter() if package is not None else ():
        if local_name(element) != "BinaryDataObject":
            continue
        around = element.getparent()
        groups = {
            text_of(element, "DataObjectGroupId"),
            text_of(element, "DataObjectGroupReferenceId"),
            around.get("id") if local_name(around) == "DataObjectGroup" else None,
        }
        for one in {element.get("id"), *groups} - {None, ""}:
            found.setdefault(one, []).append(_file(element))
    return found


def _file(element: Any) -> tuple[str, str]:
    name = text_of(element, "Uri") or f"content/{element.get('id')}"
    return name.replace("\\", "/").removeprefix("./"), text_of(child(element, "FileInfo"), "Filename")
