"""The inbox of an account."""

from flask import Flask
from sqlalchemy import select

from app.accounts.queries import find_account_by_phone
from app.core.db import db, transaction
from app.messages.models import Message
from app.messages.queries import count_unread, list_messages
from app.messages.service import post_message
from tests.kit.client import Browser
from tests.kit.sign_in import sign_in

PHONE = "13800000001"


def account_id_of(browser: Browser, phone: str = PHONE) -> int:
    sign_in(browser, phone)
    account = find_account_by_phone(phone)
    assert account is not None
    return account.id


def test_an_empty_inbox_says_so(browser: Browser) -> None:
    account_id_of(browser)

    assert "还没有消息" in browser.get("/inbox").text


def test_letters_are_listed_newest_first_and_marked_until_read(browser: Browser) -> None:
    account_id = account_id_of(browser)
    for title in ("第一封", "第二封"):
        post_message(account_id, title, "您好。\n\n<b>第二段</b>")

    page = browser.get("/inbox")
    assert [a.text[:3] for a in page.all("a", class_="row-link")] == ["第二封", "第一封"]
    assert page.text.count("未读") == 2
    assert "2 条未读" in browser.get("/me").text

    newest = list_messages(account_id)[0]
    letter = browser.get(f"/inbox/{newest.id}")
    assert "<b>第二段</b>" in letter.text
    assert browser.get("/inbox").text.count("未读") == 1
    assert count_unread(account_id) == 1


def test_nobody_reads_the_letters_of_another(app: Flask, browser: Browser) -> None:
    account_id = account_id_of(browser)
    post_message(account_id, "私信", "正文")
    other = Browser(app)
    account_id_of(other, "13800000002")

    other.get(f"/inbox/{list_messages(account_id)[0].id}", expect=404)

    assert "私信" not in other.get("/inbox").text
    assert db.session.scalars(select(Message.read_at)).one() is None


def test_a_letter_belongs_to_the_transaction_it_tells_of(app: Flask, browser: Browser) -> None:
    account_id = account_id_of(browser)
    try:
        with transaction():
            post_message(account_id, "没有发生的事", "正文")
            raise LookupError
    except LookupError:
        db.session.rollback()

    assert list_messages(account_id) == []


def test_a_stranger_is_sent_to_the_sign_in(browser: Browser) -> None:
    assert browser.get("/inbox").response.request.path == "/sign-in"
