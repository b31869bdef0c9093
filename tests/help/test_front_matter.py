from datetime import date

import pytest

from app.help.front_matter import InvalidHelpFile, parse

FILE = """---
title: 手机丢了
keywords: 挂失、解绑
source: S80, S81
last_checked: 2023-09-20
position: 3
---

先挂失。
"""


def test_a_file_is_read_into_its_parts() -> None:
    content = parse(FILE)

    assert (content.title, content.keywords, content.source) == ("手机丢了", "挂失、解绑", "S80, S81")
    assert (content.last_checked, content.position) == (date(2023, 9, 20), 3)
    assert content.body == "先挂失。\n"


def test_what_nobody_has_checked_says_never() -> None:
    assert parse(FILE.replace("2023-09-20", "never")).last_checked is None


def test_a_broken_file_is_refused_by_name_of_what_is_wrong(subtests: pytest.Subtests) -> None:
    for broken, says in (
        (FILE.replace("title: 手机丢了\n", ""), "lacks title"),
        (FILE.replace("source: S80, S81", "source:"), "lacks source"),
        (FILE.replace("2023-09-20", "last autumn"), "last autumn"),
        (FILE.replace("position: 3", "position: three"), "three"),
        (FILE.replace("position: 3", "position: 3\nauthor: me"), "author"),
        (FILE.replace("position: 3", "position"), "key: value"),
        ("先挂失。\n", "front matter"),
        ("先挂失。\n---\ntitle: 手机丢了\n---\n", "front matter"),
    ):
        with subtests.test(broken=broken, says=says), pytest.raises(InvalidHelpFile, match=says):
            parse(broken)


def test_the_digest_changes_with_any_part() -> None:
    digests = {
        parse(text).digest
        for text in (
            FILE,
            FILE.replace("丢了", "丢失"),
            FILE.replace("先", "马上"),
            FILE.replace("-20", "-21"),
            FILE.replace(": 3", ": 4"),
        )
    }

    assert len(digests) == 5
