"""Days as spreadsheets of East Asia write them."""

import pytest
from flask import Flask

from app.roster.days import BadDay, read_day

pytestmark = pytest.mark.one_database
SEVENTH_OF_MARCH = (
    "1990-03-07", "1990/3/7", "1990.3.7", "1990. 3. 7.", "19900307", "1990年3月7日", "1990 年 03 月 07 日", "１９９０年３月７日",
    "1990年3月7日星期三", "1990/3/7 星期三", "一九九〇年三月七日", "1990년 3월 7일", "1990/3/7 0:00", "1990/03/07 00:00:00",
    "1990-03-07T00:00:00.000Z", "1990-03-07T00:00:00+08:00", "1990/3/7 上午 12:00:00", "1990/3/7 12:00:00 AM", "1990年3月7日 00:00",
)  # fmt: skip
REFUSED = {
    "读法不止一种": ("1990111", "199037", "32939", "900307", "0"),
    "带有钟点": ("1990-03-06 16:00:00", "1990-03-06T16:00:00.000Z", "1990/3/7 12:00", "1990/3/7 23:59:17", "1990年3月7日下午3:00"),
    "不存在或写法不对": (
        "3/7/1990", "7-Mar-90", "1990-3", "1990年3月", "3月7日", "1990-02-30", "0000-00-00", "1900-01-00", "民国79年3月7日",
        "平成2年3月7日", "90-3-7", "一九九〇年三月", "二〇〇〇年二十月十日", "不详", "",
    ),
}  # fmt: skip


def test_what_can_be_read_in_one_way_is_read(subtests: pytest.Subtests) -> None:
    for text in SEVENTH_OF_MARCH:
        with subtests.test(text):
            assert read_day(text).isoformat() == "1990-03-07"


def test_what_can_be_read_in_two_ways_is_refused_with_the_reason(app: Flask, subtests: pytest.Subtests) -> None:
    for why, texts in REFUSED.items():
        for text in texts:
            with subtests.test(text), pytest.raises(BadDay, match=why):
                read_day(text)


def test_tens_in_chinese_are_counted() -> None:
    days = {"二〇〇〇年十月十日": "2000-10-10", "一九九九年十二月三十一日": "1999-12-31", "二零零零年二月二十九日": "2000-02-29"}

    assert {text: read_day(text).isoformat() for text in days} == days
