"""Files of every format, made by the test that needs them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

SEDA = """<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
  <Comment>Versement des marchés 2019</Comment><Date>2024-03-01T00:00:00</Date>
  <DataObjectPackage>
    <DataObjectGroup id="G1"><BinaryDataObject id="B1"><Uri>content/B1.txt</Uri>
      <FileInfo><Filename>acte d'engagement.txt</Filename></FileInfo></BinaryDataObject></DataObjectGroup>
    <BinaryDataObject id="B2"><Uri>content/B2.txt</Uri></BinaryDataObject>
    <DescriptiveMetadata>
      <ArchiveUnit id="U1"><Content><DescriptionLevel>RecordGrp</DescriptionLevel><Title>Marché de voirie</Title>
        <StartDate>2019-01-15</StartDate></Content>
        <ArchiveUnit id="U2"><Management><AccessRule><Rule>ACC-00002</Rule>
          <StartDate>2019-12-31</StartDate></AccessRule></Management>
          <Content><Title>Acte d'engagement</Title><Description>Lot 1, enrobés.</Description></Content>
          <DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference>
        </ArchiveUnit>
        <ArchiveUnit id="U3"><Content><Title>Notification</Title></Content>
          <DataObjectReference><DataObjectReferenceId>B2</DataObjectReferenceId></DataObjectReference></ArchiveUnit>
      </ArchiveUnit>
    </DescriptiveMetadata>
    <ManagementMetadata>
      <AppraisalRule><Rule>APP-00010</Rule><StartDate>2019-12-31</StartDate><FinalAction>Keep</FinalAction>
      </AppraisalRule>
      <OriginatingAgencyIdentifier>Direction de la voirie</OriginatingAgencyIdentifier>
    </ManagementMetadata>
  </DataObjectPackage>
</ArchiveTransfer>"""

EAD = """<?xml version="1.0" encoding="UTF-8"?>
<ead xmlns="urn:isbn:1-931666-22-9"><eadheader><filedesc><titlestmt><titleproper>Fonds de la mairie</titleproper>
</titlestmt></filedesc></eadheader>
<archdesc level="fonds"><did><unitid>12 W</unitid><unittitle>Administration générale</unittitle>
<unitdate>1945-1983</unitdate></did><scopecontent><p>Délibérations et arrêtés.</p></scopecontent>
<dsc><c level="series"><did><unitid>12 W 1</unitid><unittitle>Conseil municipal</unittitle></did>
<c level="file"><did><unitid>12 W 1/3</unitid><unittitle>Reconstruction de l'école</unittitle>
<unitdate>1949</unitdate></did><scopecontent><p>Plans et devis de l'architecte Lenoir.</p></scopecontent></c></c></dsc>
</archdesc></ead>"""


def zipped(path: Path, members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def zipped_bytes(members: Mapping[str, bytes | str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def message(
    path: Path,
    subject: str = "Travaux rue Haute",
    text: str = "Le chantier commence le 3 mars.",
    attachments: Mapping[str, bytes] | None = None,
) -> Path:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Élise Roy <e.roy@ville.fr>", "voirie@ville.fr", subject
    mail["Date"] = "Mon, 02 Feb 2026 09:00:00 +0100"
    mail.set_content(text)
    for name, content in (attachments or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    path.write_bytes(bytes(mail))
    return path


def workbook(path: Path, sheets: Mapping[str, list[list[object]]]) -> Path:
    from xlsxwriter import Workbook

    book = Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def slides(path: Path, *pages: tuple[str, list[str]]) -> Path:
    from pptx import Presentation

    deck = Presentation()
    for title, lines in pages:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
    deck.save(str(path))
    return path


def picture(path: Path, *lines: str, size: int = 44) -> Path:
    """A page as a scanner would give it: black words on white."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", size)
    image = Image.new("L", (1654, 60 + 80 * max(len(lines), 4)), 255)
    brush = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        brush.text((90, 60 + 80 * number), line, font=font, fill=0)
    image.save(path, dpi=(200, 200))
    return path


def scanned_pdf(path: Path, pages: list[list[str] | str]) -> Path:
    """A list of lines is a page that is a picture; a string is a page with text."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=A4)
    for number, page in enumerate(pages):
        if isinstance(page, str):
            canvas.drawString(72, 700, page)
        else:
            scan = picture(path.with_name(f"{path.stem}-{number}.png"), *page)
            canvas.drawImage(str(scan), 0, 400, width=A4[0], preserveAspectRatio=True, anchor="sw")
            scan.unlink()
        canvas.showPage()
    canvas.save()
    return path


def epub(path: Path) -> Path:
    return zipped(
        path,
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="O/p.opf"/></rootfiles></container>',
            "O/p.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            "<dc:title>Guide du maire</dc:title>"
            "<dc:creator>AMF</dc:creator><dc:language>fr</dc:language></metadata><manifest>"
            '<item id="a" href="un.xhtml"/><item id="b" href="deux.xhtml"/></manifest>'
            '<spine><itemref idref="b"/><itemref idref="a"/></spine></package>',
            "O/un.xhtml": "<html><body><h1>Budget</h1><p>Le budget est voté.</p></body></html>",
            "O/deux.xhtml": "<html><body><h1>Élections</h1><p>Le maire est élu.</p></body></html>",
        },
    )


def presentation_odp(path: Path) -> Path:
    return zipped(
        path,
        {
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
            ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
            ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"><office:body>'
            '<office:presentation><draw:page><draw:frame presentation:class="title"><draw:text-box>'
            "<text:p>Bilan 2025</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box>"
            "<text:p>Douze chantiers.</text:p></draw:text-box></draw:frame></draw:page>"
            "<draw:page><draw:frame><draw:text-box><text:p>Merci.</text:p></draw:text-box></draw:frame></draw:page>"
            "</office:presentation></office:body></office:document-content>",
        },
    )


def sheet_ods(path: Path) -> Path:
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{a}</text:p></table:table-cell>'
        f'<table:table-cell office:value-type="string"><text:p>{b}</text:p></table:table-cell></table:table-row>'
        for a, b in (("Rue", "Quartier"), ("Haute", "Nord"), ("Basse", "Sud"))
    )
    return zipped(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            'manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.'
            'opendocument.spreadsheet"/></manifest:manifest>',
            "content.xml": '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
            ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="Voies">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        },
    )


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
WORD_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{_OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)


def word(
    path: Path,
    body: str,
    parts: Mapping[str, str] | None = None,
    content_type: str = f"{_WORD}.document.main+xml",
) -> Path:
    """A Word document of the body's XML; `parts` are "styles", "footnotes" and the like, and the XML within them."""
    written = {name: f"<w:{name} {WORD_NAMESPACES}>{xml}</w:{name}>" for name, xml in (parts or {}).items()}
    types = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{name}+xml"/>' for name in written)
    relations = "".join(f'<Relationship Id="r{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>' for name in written)
    return zipped(
        path,
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{content_type}"/>{types}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
            f' Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"<w:document {WORD_NAMESPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            "</Relationships>",
            **{f"word/{name}.xml": xml for name, xml in written.items()},
        },
    )


def text_odt(path: Path, body: str) -> Path:
    """An OpenDocument text of the body's XML (namespaces office, text, table, draw)."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for name, long in {"office": "office", "text": "text", "table": "table", "draw": "drawing"}.items()
    )
    return zipped(
        path,
        {
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f"<office:document-content{names}><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
        },
    )
