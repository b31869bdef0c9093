"""Numbers as people write them, and what a browser is called."""

import pytest
from flask import Flask

from app.accounts.device_name import name_device
from app.accounts.notice_text import read_notice, render_notice
from app.accounts.phone import InvalidPhone, parse_mobile
from app.accounts.policy import is_local_path


def test_a_mobile_number_is_understood_as_people_write_it(subtests: pytest.Subtests) -> None:
    for written in (
        "13812345678",
        " 138 1234 5678 ",
        "138-1234-5678",
        "+86 138 1234 5678",
        "+8613812345678",
        "008613812345678",
        "8613812345678",
        "１３８１２３４５６７８",
        "＋８６　138－1234－5678",
        "138\u200b12345678",
        "(138)1234.5678",
    ):
        with subtests.test(written=written):
            assert parse_mobile(written) == "13812345678"


def test_what_is_no_mobile_number_is_told_why(subtests: pytest.Subtests, app: Flask) -> None:
    for written, says in (
        ("", "请填写手机号"),
        ("   ", "请填写手机号"),
        ("1381234567", "您填了 10 位"),
        ("138123456789", "您填了 12 位"),
        ("12812345678", "以 13 到 19 开头"),
        ("0838-2208900", "以 13 到 19 开头"),
        ("1381234567a", "只有数字"),
        ("١٣٨١٢٣٤٥٦٧٨", "只有数字"),
        ("13812345678'; DROP TABLE account", "只有数字"),
    ):
        with subtests.test(written=written, says=says):
            with pytest.raises(InvalidPhone) as refusal:
                parse_mobile(written)

            assert says in str(refusal.value)


def test_a_device_is_called_by_what_people_know(subtests: pytest.Subtests) -> None:
    for agent, name in (
        ("Mozilla/5.0 (Linux; Android 14; V2314A) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "安卓手机 Chrome"),
        ("Mozilla/5.0 (Linux; Android 14; V2314A) Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50", "安卓手机 微信"),
        ("Mozilla/5.0 (Linux; Android 13; SM-X700) Chrome/126.0 Safari/537.36", "安卓平板 Chrome"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1", "苹果手机 Safari"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "Windows 电脑 Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux 电脑 Firefox"),
        ("", "其他设备"),
        ("curl/8", "其他设备"),
    ):
        with subtests.test(agent=agent, name=name):
            assert name_device(agent) == name


def test_only_a_path_of_this_site_may_follow_a_sign_in(subtests: pytest.Subtests) -> None:
    for target, is_local in (
        ("/me", True),
        ("/code?x=1", True),
        ("", False),
        ("me", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/me\\..", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("/%09/evil.example", True),
    ):
        with subtests.test(target=target, is_local=is_local):
            assert is_local_path(target) is is_local


def test_a_notice_is_read_from_its_head_and_body() -> None:
    head = "purpose: face_check\nversion: 1\ntitle: T\nlabel: L: with a colon\nlegal_basis: B"

    notice = read_notice(f"---\n{head}\n---\n## Body\n\n<script>x</script>\n")

    assert (notice.purpose, notice.label) == ("face_check", "L: with a colon")
    assert "<script>" not in render_notice(notice.body)


def test_a_notice_without_a_whole_head_is_refused(subtests: pytest.Subtests) -> None:
    for text in ("no head", "---\nversion: 1\n---\nbody", "x---\nversion: 1\n---\nbody"):
        with subtests.test(text=text), pytest.raises(ValueError):
            read_notice(text)
