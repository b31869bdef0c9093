"""What a workbook may look like: cells stand where their coordinates say, and nothing but real damage is called damage."""

import zipfile
from pathlib import Path

import pytest
from flask import Flask

from app.roster.providers import SourceRefused
from app.roster.workbook.days import day_of
from tests.kit.roster import Importing, count_people
from tests.kit.workbooks import HEADER, MAIN, OFFICE, PERSON, listing, packed, parts, relations, row, sheet, workbook

pytestmark = pytest.mark.one_database
OTHER = ("01", "510600199003070025", "刘𬭚", "510604", "390")


def refusal(load: Importing, content: bytes) -> str:
    with pytest.raises(SourceRefused) as refused:
        load(content, name="r.xlsx")
    return refused.value.what


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="str"><v>{text}</v></c>'


def test_cells_and_rows_are_read_where_they_belong_whatever_comes_first(load: Importing) -> None:
    scattered = "".join(cell(f"{'ABCDE'[n]}5", PERSON[n]) for n in (3, 1, 4, 0, 2))

    result = load(workbook(sheet=sheet(row(1, HEADER), f'<row r="5">{scattered}</row>', row(3, OTHER))), name="r.xlsx")

    assert (result.created, result.refused) == (2, 0)


def test_what_contradicts_itself_is_refused_and_never_shifted(load: Importing, subtests: pytest.Subtests) -> None:
    for what, rows in {
        "a row twice": (row(1, HEADER), row(2, PERSON), row(2, OTHER)),
        "a cell twice": (row(1, HEADER), row(2, PERSON, cell("B2", OTHER[1]))),
        "a cell of another row": (row(1, HEADER), row(2, PERSON[:4], cell("E3", "310"))),
        "the names of the columns below the people": (row(2, PERSON), row(1, HEADER)),
        "a cell behind the last column": (row(1, HEADER), row(2, PERSON, cell("XFE2", "x"))),
        "a cell without a place": (row(1, HEADER), row(2, PERSON, cell("2B", "x"))),
    }.items():
        with subtests.test(what):
            assert "前后矛盾" in refusal(load, workbook(sheet=sheet(*rows)))

    assert count_people() == 0


def test_rows_and_columns_of_blanks_are_nothing(load: Importing) -> None:
    far = cell("XFD2", " ")
    template = "".join(f'<row r="{n}"><c r="A{n}" t="str"><f>IF(B{n}="","","01")</f><v></v></c></row>' for n in range(4, 300))
    blanks = row(3, (" ", "\u3000", "\u200b", "\ufeff", "\t"))

    result = load(workbook(sheet=sheet(row(1, HEADER, cell("H1", " ")), row(2, PERSON, far), blanks, template)), name="r.xlsx")

    assert (result.rows, result.created) == (1, 1)


def test_content_under_no_column_is_refused_wherever_it_stands(load: Importing) -> None:
    hole = ("证件类型", "", *HEADER[1:])

    result = load(workbook(sheet=sheet(row(1, hole), row(2, ("01", "x", *PERSON[1:])))), name="r.xlsx")

    assert (result.created, load.why) == (0, [(2, "")])


def test_the_first_visible_sheet_with_cells_is_read_whatever_the_others_are(load: Importing) -> None:
    """A chart first, a hidden sheet second; the active one is another."""
    sheets = (
        '<sheet name="图" sheetId="1" r:id="r1"/><sheet name="旧" sheetId="2" state="hidden" r:id="r2"/>'
        '<sheet name="新" sheetId="3" state="visible" r:id="r3"/><sheet name="说明" sheetId="4" r:id="r2"/>'
    )
    targets = ("chartsheet", "chartsheets/s.xml"), ("worksheet", "worksheets/old.xml"), ("worksheet", "/xl/worksheets/sheet1.xml")
    made = parts(workbook=listing(sheets), relations=relations(*targets)) | {"xl/worksheets/old.xml": sheet(row(1, ("旧",)))}

    assert load(packed(made.items()), name="r.xlsx").created == 1


def test_parts_a_roster_does_not_need_do_not_decide(load: Importing, subtests: pytest.Subtests) -> None:
    rest = {"docProps/core.xml": b"<broken", "docProps/app.xml": b"", "xl/theme/theme1.xml": b"\x00", "[Content_Types].xml": b"?"}
    own, strictly = OFFICE.encode(), b"http://purl.oclc.org/ooxml/"
    strict = {
        name: content.replace(MAIN.encode(), strictly + b"spreadsheetml/main").replace(
            own, strictly + b"officeDocument/relationships"
        )
        for name, content in parts().items()
    }
    for what, made in {
        "damaged properties": parts() | rest,
        "damaged styles": parts(styles=b"<styleSheet><cellXfs><xf"),
        "no relations of the package": {name: content for name, content in parts().items() if name != "_rels/.rels"},
        "a macro language's folder without macros": parts() | {"xl/activeX/activeX1.xml": b"x"},
        "backslashes": {name.replace("/", "\\"): content for name, content in parts().items()},
        "another case": {name.upper(): content for name, content in parts().items()},
        "a leading slash": {f"/{name}": content for name, content in parts().items()},
        "strict": strict,
        "a prefix for every name": parts(sheet=parts()["xl/worksheets/sheet1.xml"].replace(b"<", b"<x:").replace(b"<x:/", b"</x:")
            .replace(b"xmlns=", b"xmlns:x=")),
        "an escaped target": parts(relations=relations(("worksheet", "worksheets/sheet%31.xml"))),
    }.items():  # fmt: skip
        with subtests.test(what):
            result = load(packed(made.items()), name="r.xlsx")
            assert result.created + result.unchanged == 1


def test_texts_are_exact(load: Importing) -> None:
    """Escapes are undone once; rich text is whole; phonetic guides are aside; characters beyond the first plane stay themselves."""
    rich = (
        '<c r="C2" t="inlineStr"><is><r><t>刘</t></r><r><t xml:space="preserve">_xD869__xDED6_</t></r>'
        "<rPh sb='0' eb='1'><t>ワン</t></rPh></is></c>"
    )
    cells = [cell("A2", "01"), cell("B2", "_x0035_10600199003070017_x000D_"), rich, cell("D2", "510603"), cell("E2", "310")]

    load(workbook(sheet=sheet(row(1, HEADER), f'<row r="2">{"".join(cells)}</row>')), name="r.xlsx")

    assert [name for _birthday, name in load.people()] == ["刘\U0002a6d6"]


def test_a_file_that_is_something_else_is_called_what_it_is(load: Importing, subtests: pytest.Subtests) -> None:
    def zipped(*names: str, mimetype: bytes = b"") -> bytes:
        return packed([*([("mimetype", mimetype)] if mimetype else []), *((name, b"x") for name in names)])

    spreadsheet_2003 = b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    document = packed([("_rels/.rels", relations(("officeDocument", "word/document.xml"))), ("word/document.xml", b"")])
    binary = packed([("_rels/.rels", relations(("officeDocument", "xl/workbook.bin"))), ("xl/workbook.bin", b"")])
    encrypted = bytearray(workbook())
    for at in (encrypted.rindex(b"xl/workbook.xml") - 46 + 8, encrypted.index(b"xl/workbook.xml") - 30 + 6):
        encrypted[at] |= 1
    for said, content in {
        ".xlsb": binary,
        ".ods": zipped("content.xml", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        "文档": document,
        "是文档": zipped("content.xml", mimetype=b"application/vnd.oasis.opendocument.text"),
        "Numbers": zipped("Index/Document.iwa"),
        "压缩包": packed([("名册.xlsx", workbook())]),
        "设有密码": bytes(encrypted),
        "XML 表格": spreadsheet_2003,
        ".fods": b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
        "旧版 Excel": b"\x09\x08\x08\x00\x00\x05\x10\x00" + b"\x00" * 40,
        "网页": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n",
        "PDF": b"%PDF-1.7",
        "压缩包，": b"Rar!\x1a\x07",
        "打不开": workbook()[:-100],
    }.items():
        with subtests.test(said):
            assert said in refusal(load, content)


def test_a_number_is_the_day_that_its_style_shows(load: Importing, subtests: pytest.Subtests) -> None:
    """East Asian formats too; 32939 is 7 March 1990, and without a style of a day nothing but a number."""
    codes = {
        **dict.fromkeys(("14", "27", "31", "57"), ""),
        "200": 'yyyy"年"m"月"d"日"',
        "201": "[$-804]yyyy/m/d;@",
        "202": "e/m/d",
        "203": "[DBNum1]yyyy年m月d日",
        **dict.fromkeys(("0", "49")),
        "204": "0.00E+00",
        "205": '"d"0',
    }
    named = "".join(f"<numFmt numFmtId='{n}' formatCode='{code}'/>" for n, code in codes.items() if code)
    forms = "".join(f'<xf numFmtId="{n}"/>' for n in codes)
    styles = f'<styleSheet xmlns="{MAIN}"><numFmts>{named}</numFmts><cellXfs>{forms}</cellXfs></styleSheet>'.encode()
    for style, (number, code) in enumerate(codes.items()):
        before = len(load.people())
        with subtests.test(number=number, code=code):
            birthday = f'<c r="F2" s="{style}"><v>32939</v></c>'
            person = ("08", f"X12345{style:02}", "JOHN SMITH", "510603", "310")

            load(workbook(styles=styles, sheet=sheet(row(1, (*HEADER, "出生日期")), row(2, person, birthday))), name="r.xlsx")

            expected = [] if code is None or number in {"204", "205"} else ["1990-03-07"]
            assert [birthday for birthday, _name in load.people()[before:]] == expected


def test_serial_numbers_become_days_in_both_counts(subtests: pytest.Subtests) -> None:
    for serial, is_1904, kind, day in (
        (32939.0, False, "d", "1990-03-07"),
        (31477.0, True, "d", "1990-03-07"),
        (1.0, False, "d", "1900-01-01"),
        (59.0, False, "d", "1900-02-28"),
        (60.0, False, "d", None),  # 29 February 1900, which never was
        (61.0, False, "d", "1900-03-01"),
        (0.0, False, "d", None),
        (-1.0, False, "d", None),
        (3e6, False, "d", None),
        (32938.6666667, False, "d", "1990-03-06 16:00:00"),
        (32938.999999999, False, "d", "1990-03-07"),
        (32933.0, False, "m", "1990-03"),  # typed as a month
        (32939.0, False, "m", "1990-03-07"),
    ):
        with subtests.test(serial=serial, is_1904=is_1904):
            assert day_of(serial, kind, is_1904) == day


def test_an_error_or_a_truth_in_a_cell_is_refused_as_such(load: Importing) -> None:
    error, truth = '<c r="C2" t="e"><v>#N/A</v></c>', '<c r="C3" t="b"><v>1</v></c>'
    rows = []
    for number, name in ((2, error), (3, truth)):
        others = zip("ABDE", (*PERSON[:2], *PERSON[3:]), strict=True)
        rows.append(f'<row r="{number}">{"".join(cell(f"{place}{number}", text) for place, text in others)}{name}</row>')

    load(workbook(sheet=sheet(row(1, HEADER), *rows)), name="r.xlsx")

    assert [("错误值" in refusal.why, refusal.field) for refusal in load.refusals] == [(True, "姓名"), (False, "姓名")]


def test_a_stored_workbook_is_read_as_a_packed_one(app: Flask, load: Importing, tmp_path: Path) -> None:
    assert load(packed(parts().items(), zipfile.ZIP_STORED), name="r.xlsx").created == 1
