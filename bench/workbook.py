"""Writes a workbook as Excel does, every text in one shared table; its dimension is wrong, as that of some programs is."""

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def write_workbook(path: Path, rows: Iterable[list[str]]) -> None:
    """Cells are text without `<` and `&`."""
    strings = path.with_suffix(".strings")
    number = 0
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive, strings.open("w", encoding="utf-8") as table:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        table.write(f'<sst xmlns="{_MAIN}">')
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:A1"/><sheetData>'.encode())
            for n, row in enumerate(rows, 1):
                cells = "".join(f'<c r="{chr(65 + i)}{n}" t="s"><v>{number + i}</v></c>' for i in range(len(row)))
                sheet.write(f'<row r="{n}">{cells}</row>'.encode())
                table.writelines(f"<si><t>{cell}</t></si>" for cell in row)
                number += len(row)
            sheet.write(b"</sheetData></worksheet>")
        table.write("</sst>")
        table.close()
        archive.write(strings, "xl/sharedStrings.xml")
    strings.unlink()
