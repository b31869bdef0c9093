"""A roster's workbook that wants the server's memory, its time, its files, or people in the roster whom nobody sees."""

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from app.core.limited_child import Limits
from app.roster.providers import SourceRefused, xlsx
from app.roster.providers.files import open_stream
from tests.kit.roster import Importing, count_people
from tests.kit.workbooks import HEADER, MAIN, PERSON, listing, packed, parts, relations, row, sheet, workbook

pytestmark = pytest.mark.one_database
MB = 1 << 20


@pytest.fixture
def load(app: Flask, tmp_path: Path) -> Importing:
    return Importing(app, tmp_path)


def refusal_of(content: bytes) -> str:
    """What is said about it, after a while and in memory that no file can make long or large."""
    began = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(SourceRefused) as refused:
            source = open_stream(io.BytesIO(content), "r.xlsx", len(content))
            with closing(source):
                list(source.rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * MB and time.process_time() - began < 2
    return refused.value.what


def texts(content: bytes) -> bytes:
    return f'<sst xmlns="{MAIN}">'.encode() + content


def unnumbered(cells: str) -> bytes:
    return sheet(row(1, HEADER), f"<row>{cells}</row>")


def declaring(entities: str) -> bytes:
    doctype = f"<!DOCTYPE worksheet [{entities}]>"
    return (doctype + sheet(row(1, HEADER), row(2, ("&a;",))).decode().replace("&amp;a;", "&a;")).encode()


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)) + '<!ENTITY a "&a8;">'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "deep nesting": (lambda: workbook(sheet=b"<x>" * (2 * MB)), "太大"),
    "deep nesting in the list of sheets": (lambda: workbook(workbook=b"<x>" * (2 * MB)), "太大"),
    "a row without end": (lambda: workbook(sheet=unnumbered("<c><v>1</v></c>" * 40_000)), "第 2 行"),
    "a row of long texts": (lambda: workbook(sheet=unnumbered(f'<c t="str"><v>{"x" * 30_000}</v></c>' * 100)), "太长"),
    "a cell without end": (lambda: workbook(sheet=unnumbered(f'<c t="str"><v>{"x" * 8 * MB}')), "太长"),
    "a shared text without end": (lambda: workbook(strings=texts(b"<si><t>" + b"x" * 8 * MB)), "太大"),
    "a shared text of many pieces": (lambda: workbook(strings=texts(b"<si>" + b"<r><t>x</t></r>" * 100_000)), "太大"),
    "a tag without end": (lambda: workbook(sheet=b"<worksheet " + b'a="1" ' * 2 * MB), "太大"),
    "a name without end": (lambda: workbook(sheet=b"<" + b"a" * 12 * MB), "太大"),
    "a row of another world": (lambda: workbook(sheet=sheet(row(1, HEADER), '<row r="1000000000"/>')), "打不开"),
    "more rows than a sheet has": (lambda: workbook(sheet=sheet(row(1, HEADER), '<row r="1048577"><c><v>1</v></c></row>')), "太大"),
    "entities of entities": (lambda: workbook(sheet=declaring(LAUGHS)), "打不开"),
    "a file of the server as an entity": (lambda: workbook(sheet=declaring('<!ENTITY a SYSTEM "file:///etc/passwd">')), "打不开"),
    "a file of the server as a sheet": (
        lambda: workbook(relations=relations(("worksheet", "../../../../../../etc/passwd"))), "打不开"
    ),
    "too many parts": (lambda: packed([*parts().items(), *((f"x{n}", b"") for n in range(20_001))]), "太大"),
    "two sheets under one name": (
        lambda: packed([*parts().items(), ("XL/worksheets/Sheet1.xml", sheet(row(1, HEADER)))]), "打不开"
    ),
    "a packing that nobody uses": (lambda: packed(parts().items(), zipfile.ZIP_LZMA), "打不开"),
    "a size that lies, too small": (lambda: lying(len(sheet()), workbook(sheet=sheet(row(1, HEADER), *many_rows()))), "打不开"),
    "a size that lies, too large": (lambda: lying(0xFFFFFFF0, workbook()), "太大"),
}  # fmt: skip


def many_rows() -> list[str]:
    return [row(number, PERSON) for number in range(2, 500)]


def lying(size: int, content: bytes) -> bytes:
    """The packed file whose list of parts says that the sheet is so large."""
    at = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def test_a_workbook_that_wants_memory_time_or_files_is_refused_at_once(app: Flask, subtests: pytest.Subtests) -> None:
    for what, (make, said) in HOSTILE.items():
        with subtests.test(what):
            assert said in refusal_of(make())


def test_styles_of_many_megabytes_change_nothing_of_the_roster(load: Importing, subtests: pytest.Subtests) -> None:
    """79 KB with 31 MB of styles took 1.3 GB and 46 seconds of the process that serves the jobs."""
    opened = f'<styleSheet xmlns="{MAIN}">'.encode()
    for what, styles in {
        "fonts": opened + b"<fonts>" + b'<font><sz val="11"/></font>' * 300_000,
        "cell formats": opened + b'<cellXfs count="9">' + b'<xf numFmtId="14"/>' * 500_000,
        "codes of formats": opened + b"<numFmts>" + b'<numFmt numFmtId="200" formatCode="yyyy"/>' * 200_000,
        "no styles at all": b" " * (65 * MB),
    }.items():
        with subtests.test(what):
            content = workbook(styles=styles)
            assert len(content) < 200_000

            result = load(content, name="r.xlsx")

            assert (result.rows, result.refused) == (1, 0)


def test_a_workbook_that_needs_too_much_of_the_processor_is_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "limits_for", lambda _size: Limits(1, 256, 0))
    long = sheet(row(1, HEADER), "<x/>" * 8_000_000)  # counted by no other limit

    assert "时间或内存太多" in refusal_of(workbook(sheet=long))


def test_a_workbook_that_needs_too_much_memory_is_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "limits_for", lambda _size: Limits(60, 48, 0))
    different = b"".join(b"<si><t>%030d</t></si>" % number for number in range(1_000_000))

    assert "太大" in refusal_of(workbook(strings=texts(different + b"</sst>")))


def test_the_time_a_workbook_may_take_is_that_of_its_size() -> None:
    assert xlsx.limits_for(79_000).seconds <= 30
    assert xlsx.limits_for(50 * MB).seconds > 300
    assert xlsx.limits_for(400 * MB).megabytes < 1024


def test_a_workbook_that_breaks_off_after_good_rows_brings_nobody_in(load: Importing) -> None:
    broken = sheet(row(1, HEADER), row(2, PERSON)).removesuffix(b"</worksheet>")

    with pytest.raises(SourceRefused, match="打不开"):
        load(workbook(sheet=broken), name="r.xlsx")

    assert count_people() == 0


def test_a_hidden_sheet_is_never_read_in_place_of_the_one_people_see(load: Importing) -> None:
    hidden = '<sheet name="旧" sheetId="2" state="hidden" r:id="r1"/><sheet name="更旧" sheetId="3" state="veryHidden" r:id="r1"/>'

    with pytest.raises(SourceRefused, match="没有看得见的工作表"):
        load(workbook(workbook=listing(hidden)), name="r.xlsx")
