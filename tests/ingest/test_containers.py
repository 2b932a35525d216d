"""What archives and messages hold, and what they may not do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.containers import container_for
from ingest.containers.unpack import member_name
from ingest.documents import Member
from ingest.errors import BrokenFile
from tests import files


def expand(path: Path) -> list[Member]:
    into = path.parent / f"{path.name}-into"
    into.mkdir()
    return container_for(path).expand(path, into)


def contents(members: list[Member]) -> dict[str, str]:
    return {one.name: Path(one.file).read_text() if one.file else one.failure for one in members}


def test_an_archive_is_a_folder_without_its_noise(tmp_path: Path) -> None:
    path = files.zipped(
        tmp_path / "a.zip", {"un.txt": "un", "b/deux.md": "deux", "__MACOSX/un.txt": "x", "b/.DS_Store": "x"}
    )
    assert contents(expand(path)) == {"un.txt": "un", "b/deux.md": "deux"}


def test_nothing_that_an_archive_says_becomes_a_path_of_this_machine(tmp_path: Path) -> None:
    outside = tmp_path / "dehors.txt"
    path = files.zipped(
        tmp_path / "a.zip",
        {"../dehors.txt": "a", str(outside): "b", "C:\\x\\..\\y.txt": "c", "b/../../z.txt": "d", "\x01é\n.txt": "e"},
    )
    members = expand(path)
    assert not outside.exists()
    assert {Path(one.file).parent for one in members} == {tmp_path / "a.zip-into"}
    assert not any(".." in one.name.split("/") or one.name.startswith("/") for one in members)


@given(st.text(max_size=40))
def test_every_member_name_is_a_relative_path_that_goes_down(name: str) -> None:
    parts = member_name(name).split("/")
    assert all(part not in {"", ".", ".."} and "\x00" not in part for part in parts)


def test_names_of_french_dos_and_two_files_of_one_name(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "a.zip", {"deliberation.txt": "un", "x/a.txt": "deux", "x/b.txt": "trois"})
    raw = path.read_bytes().replace(b"deliberation", "délibération".encode("cp850")).replace(b"x/b", b"x/a")
    path.write_bytes(raw)
    assert set(contents(expand(path))) == {"délibération.txt", "x/a.txt", "x/a (2).txt"}


def test_a_member_that_unpacks_beyond_reason_is_refused_alone(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "a.zip", {"bombe.txt": b"\0" * (64 << 20), "bon.txt": "bon"})
    assert contents(expand(path)) == {"bombe.txt": "ingest.too_large", "bon.txt": "bon"}


def test_a_size_that_the_directory_lies_about_is_refused(tmp_path: Path) -> None:
    """The header says 10 bytes; zipfile reads no further, and its checksum tells."""
    path = files.zipped(tmp_path / "a.zip", {"a.txt": b"A" * 100_000})
    raw = bytearray(path.read_bytes())
    directory = raw.index(b"PK\x01\x02")
    raw[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    assert contents(expand(path)) == {"a.txt": "ingest.broken_file"}


def test_a_protected_member_is_named(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "a.zip", {"secret.txt": "x", "ouvert.txt": "y"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert contents(expand(path)) == {"secret.txt": "ingest.encrypted", "ouvert.txt": "y"}


def test_a_cut_archive_is_broken(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "a.zip", {"a.txt": "a" * 5000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BrokenFile):
        expand(path)


def test_attachments_and_messages_within_a_message(tmp_path: Path) -> None:
    inner = files.message(tmp_path / "dedans.eml", "Réponse")
    outer = files.message(tmp_path / "a.eml", attachments={"plan.txt": b"Plan.", "../x.pdf": b"%PDF"})
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    mail = message_from_bytes(outer.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(message_from_bytes(inner.read_bytes(), policy=policy.default))
    outer.write_bytes(bytes(mail))
    assert {one.name for one in expand(outer)} == {"plan.txt", "..-x.pdf", "Réponse.eml"}


def test_a_transfer_package_is_the_tree_of_its_units(tmp_path: Path) -> None:
    path = files.zipped(
        tmp_path / "a.zip",
        {
            "manifest.xml": files.SEDA,
            "content/B1.txt": "acte",
            "content/B2.txt": "lettre",
            "content/B9.txt": "orphelin",
        },
    )
    members = {one.name: one for one in expand(path)}
    assert set(members) == {
        "manifest.xml", "content/B9.txt", "Marché de voirie/Notification/content-B2.txt",
        "Marché de voirie/Acte d'engagement/acte d'engagement.txt",
    }  # fmt: skip
    assert members["Marché de voirie/Acte d'engagement/acte d'engagement.txt"].metadata == {
        "title": "Acte d'engagement",
        "date": "2019-01-15",
        "service": "Direction de la voirie",
        "retention": "APP-00010 ; 2019-12-31 ; Keep",
        "confidentiality": "ACC-00002 ; 2019-12-31",
    }
    assert members["content/B9.txt"].metadata == {}


def test_a_transfer_package_that_was_packed_with_its_folder_is_recognised(tmp_path: Path) -> None:
    path = files.zipped(
        tmp_path / "a.zip",
        {"Série/manifest.xml": files.SEDA, "Série/content/B2.txt": "lettre", "autre/manifest.xml": "<cassé"},
    )
    members = {one.name: one for one in expand(path)}
    notification = members["Série/Marché de voirie/Notification/content-B2.txt"]
    assert notification.metadata["title"] == "Notification"
    assert set(members) == {"Série/manifest.xml", notification.name, "autre/manifest.xml"}


def test_objects_that_name_their_group_are_of_the_units_that_name_it(tmp_path: Path) -> None:
    """SEDA 2.0: the first object declares the group, the others refer to it; no element stands around them."""
    around = files.SEDA[files.SEDA.index("<DataObjectGroup ") : files.SEDA.index("</DataObjectGroup>") + 18]
    grouped = (
        '<BinaryDataObject id="B1"><DataObjectGroupId>G1</DataObjectGroupId><Uri>./content/B1.txt</Uri>'
        "</BinaryDataObject>"
        '<BinaryDataObject id="B3"><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId>'
        "<Uri>content/B3.txt</Uri></BinaryDataObject>"
    )
    manifest = files.SEDA.replace(around, grouped).replace("v2.1", "v2.0")
    path = files.zipped(
        tmp_path / "a.zip", {"manifest.xml": manifest, "content/B1.txt": "acte", "content/B3.txt": "copie de diffusion"}
    )
    members = {one.name: one for one in expand(path)}
    for name in ("content-B1.txt", "content-B3.txt"):
        assert members[f"Marché de voirie/Acte d'engagement/{name}"].metadata["title"] == "Acte d'engagement"
