"""In which encoding a file is, and which of its lines is in another."""

import io

import pytest

from app.core.text_encoding import Undecodable, detect_encoding, find_unfit_line, is_utf8_read_as_gbk, shown

NAMES = ["王小明", "李明", "张伟", "欧阳娜娜", "买买提·吐尔逊", "赵丽华", "刘洋", "姝丽", "洮南", "嫣然"]
TABLE = "name,no\n" + "".join(f"{name},1\n" for name in NAMES)


def found(content: bytes) -> str:
    try:
        return detect_encoding(io.BytesIO(content))
    except Undecodable as unfit:
        return f"{unfit.line} {unfit.encoding}"


def test_a_file_is_in_the_encoding_all_its_lines_fit(subtests: pytest.Subtests) -> None:
    for encoding, said in {
        "utf-8": "utf-8",
        "utf-8-sig": "utf-8-sig",
        "gbk": "gb18030",
        "gb18030": "gb18030",
        "utf-16": "utf-16",
        "utf-16-le": "0 UTF-16",
        "utf-16-be": "0 UTF-16",
    }.items():
        with subtests.test(encoding):
            assert found(TABLE.encode(encoding)) == said


def test_the_line_that_does_not_fit_is_named_wherever_the_cut_went(subtests: pytest.Subtests) -> None:
    """One character of one name is cut; read as GB18030, the whole file would be other people."""
    for name in NAMES:
        for cut in (1, 2):
            with subtests.test(name=name, cut=cut):
                lines = TABLE.encode().splitlines(keepends=True)
                at = 1 + NAMES.index(name)
                lines[at] = lines[at].replace(name.encode(), name.encode()[:-cut])

                assert found(b"".join(lines)) == f"{at + 1} UTF-8"


def test_two_files_pasted_together_are_told_apart(subtests: pytest.Subtests) -> None:
    for many, few, said in (("utf-8", "gbk", "12 UTF-8"), ("gbk", "utf-8", "12 GB18030")):
        with subtests.test(many=many):
            assert found(TABLE.encode(many) + "李建国,2\n".encode(few)) == said


def test_lines_are_counted_however_they_end(subtests: pytest.Subtests) -> None:
    for end in (b"\n", b"\r\n", b"\r"):
        with subtests.test(end):
            content = TABLE.encode().replace(b"\n", end) + b"\xe6\x9d" + end

            assert found(content) == "12 UTF-8"
            assert find_unfit_line(io.BytesIO(content), "utf-8") == 12


def test_a_line_far_behind_is_named_too() -> None:
    content = ("x" * 99 + "\n").encode() * 30_000 + "李".encode("gbk") + b"\n"

    assert find_unfit_line(io.BytesIO(content), "utf-8") == 30_001


def test_chinese_read_in_the_wrong_encoding_is_recognised_and_names_are_not(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            raw = name.encode()
            assert not is_utf8_read_as_gbk(name)
            assert "·" in name or len(raw) % 2 or is_utf8_read_as_gbk(raw.decode("gb18030"))


def test_a_codec_is_called_as_people_call_it() -> None:
    assert [shown(name) for name in ("utf-8-sig", "utf-8", "gb18030", "gbk", "martian")] == [
        "UTF-8", "UTF-8", "GB18030（GBK）", "GBK", "MARTIAN",
    ]  # fmt: skip
