import pytest

from app.help.help_code import reason_number
from app.help.search import Entry, rank

ENTRIES = [
    Entry("电子医保卡怎么激活", "激活、领取", "选一个入口。"),
    Entry("电子医保卡怎么用", "出示、扫码", "打开医保码,对准扫码口。"),
    Entry("手机丢了怎么办", "挂失、解绑", "请马上挂失。"),
]


def test_the_title_that_says_it_comes_first() -> None:
    assert rank("电子医保卡怎么用?", ENTRIES)[0] == 1


def test_a_whole_question_finds_the_text_that_holds_its_rare_words() -> None:
    assert rank("我的手机昨天丢了,怎么办", ENTRIES) == [2]


def test_width_case_and_spaces_do_not_matter() -> None:
    assert rank("挂 失", ENTRIES) == rank("挂失", ENTRIES) == [2]
    assert rank("App", [Entry("国家 ＡＰＰ", "", "")]) == [0]


def test_what_nothing_answers_finds_nothing(subtests: pytest.Subtests) -> None:
    for query in ("", "   ", "???", "天宫课堂", "x" * 10_000):
        with subtests.test(query=query):
            assert rank(query, ENTRIES) == []


def test_a_help_code_is_read_as_people_write_it(subtests: pytest.Subtests) -> None:
    for written in ("P-06", "p06", "P-06-482917", " p-06 - 482917 ", "Ｐ－０６", "P06482917"):
        with subtests.test(written=written):
            assert reason_number(written) == "06"


def test_anything_else_is_no_help_code(subtests: pytest.Subtests) -> None:
    for written in ("", "P", "06", "P-6", "P-066", "P-06-48291", "P-06-4829170", "Q-06", "P-٠٦"):
        with subtests.test(written=written):
            assert reason_number(written) is None
