"""What an answer's status or a link tells to whom it should not."""

import pytest
from flask import Flask

from app.accounts.notice_text import render_notice
from app.help.rendering import render
from app.staff.models import Role
from tests.kit.reviews import Outcomes, make_case
from tests.kit.staff import staff_browser


def test_undoing_tells_nobody_that_another_region_has_such_a_case(app: Flask) -> None:
    Outcomes()
    case = make_case(region="510681").id
    elsewhere = staff_browser(app, [Role.reviewer], username="elsewhere", agency="jingyang")
    elsewhere.get("/bureau")

    there = elsewhere.post(f"/bureau/cases/{case}/undoing", expect=404)
    nowhere = elsewhere.post(f"/bureau/cases/{case + 1000}/undoing", expect=404)

    assert there.text == nowhere.text


LINKS = (
    "blob:https://bureau.example/1", "BLOB:x", "b&#108;ob:x", "bl%6Fb:x", "javascript:x", "data:text/html,x", "file:///etc/passwd",
    "//elsewhere.example", "ftp://elsewhere.example", "filesystem:https://bureau.example/x", "vbscript:x",
)  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_a_text_that_came_in_otherwise_shows_no_link_but_to_pages_and_telephones(link: str) -> None:
    for written in (f"[here]({link})", f"[here](<{link}>)", f"<{link}>", f"[here][1]\n\n[1]: {link}"):
        assert "<a " not in render(written) and "<a " not in render_notice(written)


def test_pages_and_telephones_stay_links() -> None:
    for link in ("https://www.nhsa.gov.cn/", "/help/P-06", "#iphone", "tel:12393", "?lang=en"):
        assert "<a " in render(f"[here]({link})") and "<a " in render_notice(f"[here]({link})")
