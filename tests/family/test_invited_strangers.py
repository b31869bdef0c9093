"""An invitation's link can be forwarded: who holds it and is not the member can neither agree nor refuse for the member."""

from flask import Flask

from app.accounts.queries import get_account
from app.accounts.service import bind_device, give_account_to_person
from app.core.db import transaction
from app.credentials.service import set_display_pin
from app.family.models import RequestState
from tests.family.story import account_of, links, newest_request, titles
from tests.family.test_invitations import agree_by_face, invited, phone_of_member
from tests.kit.client import Browser
from tests.kit.people import PIN, hash_of_pin
from tests.kit.sign_in import sign_in
from tests.kit.visitors import account_and_device


def test_a_stranger_who_is_nobody_in_the_roster_cannot_refuse_for_the_member(app: Flask) -> None:
    _member, _browser, path = invited(app)
    stranger = Browser(app)
    sign_in(stranger, "13700000077")
    shown = stranger.get(path)

    page = stranger.post(path + "/refusal", expect=403)

    assert not [n for n in shown.all("form") if n.attrs["action"].endswith("/refusal")]
    assert "没有替您拒绝" in page.text
    assert newest_request().state is RequestState.waiting_authorisation
    assert not any("没有同意" in title for title in titles(account_of()))
    phone = phone_of_member(app)
    agree_by_face(phone, path)
    assert len(links()) == 1


def test_the_member_with_an_account_of_their_own_refuses_with_effect(app: Flask) -> None:
    member, _browser, path = invited(app)
    phone = phone_of_member(app)
    account, device = account_and_device("13800000055")
    pin_hash = hash_of_pin(PIN)
    with transaction():
        give_account_to_person(get_account(account.id), member)
        set_display_pin(account.id, pin_hash)
        bind_device(device)

    page = phone.post(path + "/refusal")

    assert "已拒绝" in page.text
    assert newest_request().state is RequestState.rejected
    assert "李** 没有同意添加" in titles(account_of())
