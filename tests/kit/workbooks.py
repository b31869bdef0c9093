"""Workbooks made part by part, for what no program writes or only some do."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = ("证件类型", "证件号码", "姓名", "参保地", "险种")
PERSON = ("01", "510600199003070017", "王㛃", "510603", "310")


def relations(*targets: tuple[str, str]) -> bytes:
    """(last word of the type, target), with ids r1, r2 …"""
    lines = "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/{type_}" Target="{to}"/>' for n, (type_, to) in enumerate(targets, 1))
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'.encode()


def row(number: int, cells: Sequence[str], more: str = "") -> str:
    """Inline texts from column A on; more: behind them."""
    texts = "".join(
        f'<c r="{chr(65 + n)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for n, cell in enumerate(cells)
    )
    return f'<row r="{number}">{texts}{more}</row>'


def sheet(*rows: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


_NAMES = {
    "relations": "xl/_rels/workbook.xml.rels",
    "workbook": "xl/workbook.xml",
    "sheet": "xl/worksheets/sheet1.xml",
    "strings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
}


def listing(sheets: str, properties: str = "") -> bytes:
    """The list of sheets, of elements like `<sheet name="名册" sheetId="1" r:id="r1"/>`."""
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{sheets}</sheets></workbook>'.encode()


def parts(**changed: bytes | None) -> dict[str, bytes]:
    """A workbook of one sheet with one person. Keys of _NAMES change a part; None leaves it out."""
    targets = ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
    made = {
        "relations": relations(*targets),
        "workbook": listing('<sheet name="名册" sheetId="1" r:id="r1"/>'),
        "sheet": sheet(row(1, HEADER), row(2, PERSON)),
        **changed,
    }
    named = {_NAMES[word]: content for word, content in made.items() if content is not None}
    return {"_rels/.rels": relations(("officeDocument", "xl/workbook.xml")), **named}


def packed(parts: Iterable[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


def workbook(**changed: bytes | None) -> bytes:
    return packed(parts(**changed).items())
