import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import find_account_by_phone
from app.accounts.service import load_notices
from app.core import blobs
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.documents import store
from app.letters import service
from app.letters.models import Letter, SignatureKind
from app.letters.queries import find_letter, find_letter_of_pdf
from tests.kit.client import Browser
from tests.kit.visitors import PHONE, activated_browser, signed_in_browser
from tests.letters.test_letter_pdf import FACTS

pytestmark = pytest.mark.one_database

DRAWN = json.dumps([[[100, 100], [900, 300]], [[100, 300], [900, 100]]])


@pytest.fixture
def holder(app: Flask) -> Browser:
    load_notices()
    return activated_browser(app)


@pytest.fixture
def letter(holder: Browser) -> Letter:
    return _prepare()


def _prepare(**changes: str) -> Letter:
    account = find_account_by_phone(PHONE)
    assert account is not None
    facts = replace(FACTS, **changes)
    return service.prepare_letter(subject="family_request:7", owner_account_id=account.id, facts=facts, return_to="/me")


def test_a_letter_that_says_the_same_is_not_made_twice(letter: Letter) -> None:
    assert _prepare(day="2026 年 11 月 23 日").id == letter.id
    assert _prepare(relation="儿子").id != letter.id
    assert find_letter("family_request:7") is not letter


def test_it_is_signed_by_drawing_on_its_page(holder: Browser, letter: Letter) -> None:
    holder.get(f"/letters/{letter.id}")

    arrived = holder.post(f"/letters/{letter.id}/signature", {"kind": "drawn", "strokes": DRAWN})

    db.session.refresh(letter)
    assert arrived.response.request.path == "/me"
    assert letter.signature is SignatureKind.drawn
    assert letter.strokes_encrypted is not None
    assert b"900" not in letter.strokes_encrypted
    page = holder.get(f"/letters/{letter.id}")
    assert letter.pdf_sha256 is not None
    assert letter.pdf_sha256.hex() in page.text


def test_what_is_not_a_signature_is_said_at_its_field(subtests: pytest.Subtests, holder: Browser, letter: Letter) -> None:
    for fields, sentence in (
        ({}, "请选一种签名方式"),
        ({"kind": "drawn"}, "没有看到签名"),
        ({"kind": "drawn", "strokes": "[[[1,1],[2,2]]]"}, "没有看到签名"),
        ({"kind": "typed"}, "输入的姓名和承诺人不一样"),
        ({"kind": "typed", "typed_name": "李小梅"}, "输入的姓名和承诺人不一样"),
        ({"kind": "stamped"}, "请选一种签名方式"),
    ):
        with subtests.test(fields=fields, sentence=sentence):
            page = holder.post(f"/letters/{letter.id}/signature", fields, expect=422)

            assert sentence in page.text
            db.session.refresh(letter)
            assert not letter.is_signed


def test_the_pdf_is_kept_exactly_and_encrypted(letter: Letter) -> None:
    service.sign_by_name(letter, " 㛃䶮 𬭚")

    pdf = service.open_pdf(letter)
    assert pdf.startswith(b"%PDF")
    assert find_letter_of_pdf(pdf) is letter
    assert find_letter_of_pdf(pdf + b" ") is None


def test_a_signature_stands(letter: Letter) -> None:
    service.sign_on_paper(letter)
    first = letter.pdf_sha256

    service.sign_by_name(letter, FACTS.holder_name)

    assert letter.pdf_sha256 == first
    assert letter.signature is SignatureKind.paper


def test_a_stored_letter_that_was_changed_is_not_given_out(letter: Letter) -> None:
    service.sign_on_paper(letter)
    assert letter.pdf_name is not None
    store.put(letter.pdf_name, store.get(letter.pdf_name) + b"%")

    with pytest.raises(DomainError, match="letter_changed"):
        service.open_pdf(letter)


def test_a_letter_is_seen_by_its_owner_alone(app: Flask, holder: Browser, letter: Letter) -> None:
    stranger = signed_in_browser(app, "13800000009")

    for path in (f"/letters/{letter.id}", f"/letters/{letter.id}/pdf"):
        stranger.get(path, expect=404)
    assert holder.get(f"/letters/{letter.id}/pdf").response.mimetype == "application/pdf"


def test_the_operator_checks_a_file(app: Flask, letter: Letter, tmp_path: object) -> None:
    service.sign_on_paper(letter)
    path = f"{tmp_path}/letter.pdf"
    with open(path, "wb") as f:
        f.write(service.open_pdf(letter))
    run = app.test_cli_runner().invoke

    assert f"Letter {letter.id}, signed at" in run(args=["letters", "verify", path]).output
    with open(path, "ab") as f:
        f.write(b"\n")
    changed = run(args=["letters", "verify", path])
    assert changed.exit_code != 0
    assert "changed" in changed.output


def test_without_the_legal_texts_there_is_no_letter(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="load-notices"):
        service.prepare_letter(subject="family_request:7", owner_account_id=1, facts=FACTS, return_to="/me")


def test_a_name_that_cannot_be_printed_is_said_and_nothing_is_signed(holder: Browser) -> None:
    letter = _prepare(holder_name="李😀")

    with pytest.raises(DomainError, match="unprintable_name") as caught:
        service.sign_on_paper(letter)

    assert "“😀”" in str(caught.value.what) and "热线" in str(caught.value.next)
    db.session.refresh(letter)
    assert not letter.is_signed and list(blobs.list_names()) == []


def test_of_two_signatures_at_the_same_moment_the_first_stands_and_one_file_is_kept(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.put

    def put_late(name: str, data: bytes) -> None:
        monkeypatch.setattr(store, "put", put)
        service.sign_on_paper(letter)
        put(name, data)

    monkeypatch.setattr(store, "put", put_late)

    service.sign_by_name(letter, FACTS.holder_name)

    assert letter.signature is SignatureKind.paper
    assert [name for name, _written in blobs.list_names()] == [letter.pdf_name]
    assert service.open_pdf(letter).startswith(b"%PDF")
    assert list(db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "letter:signed"))) == ["paper"]
