"""EAD finding aids: nothing that is written in one is lost, whatever wraps it."""

from __future__ import annotations

from pathlib import Path

from ingest.readers import reader_for

AID = """<ead xmlns="urn:isbn:1-931666-22-9"><archdesc level="fonds">
<did><head>Identification</head><unitid>12 W</unitid><unittitle>Administration générale</unittitle>
<unittitle type="ancien">Secrétariat</unittitle><note><p>Cote provisoire.</p></note><!-- à revoir --></did>
<descgrp type="admininfo"><head>Conditions</head><accessrestrict><p>Communicable à 25 ans.</p></accessrestrict>
<descgrp><custodhist><p>Versé en 1984.</p></custodhist></descgrp></descgrp>
<controlaccess><head>Mots-clés</head><subject>voirie</subject><persname>Lenoir</persname></controlaccess>
<runner>Mairie de Bourg</runner>
<dsc><head>Répertoire</head><groupe><c level="file"><did><unittitle>École</unittitle></did>
<descgrp><scopecontent><p>Plans.</p></scopecontent></descgrp></c></groupe></dsc>
</archdesc></ead>"""


def test_wrappers_are_walked_and_everything_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(AID, encoding="utf-8")
    page = reader_for(path).read(path).pages[0]
    assert [part for part in page.text.split("\n") if part] == [
        "12 W Administration générale", "- Secrétariat", "- Cote provisoire.", "Conditions", "Communicable à 25 ans.",
        "Versé en 1984.", "Mots-clés", "voirie", "Lenoir", "Mairie de Bourg", "Répertoire", "École", "Plans.",
    ]  # fmt: skip
    assert [(one.level, one.text) for one in page.headings] == [(1, "12 W Administration générale"), (2, "École")]
