"""The legal texts and the ledger of consents."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import queries, service
from app.accounts.browser import Browser as BrowserValue
from app.accounts.models import Account, Consent, ConsentPurpose, Notice
from app.accounts.notice_words import NOTICES
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.credentials.models import Credential, CredentialStatus
from app.credentials.service import activate_credential
from tests.kit.client import Browser
from tests.kit.people import make_activated_account
from tests.kit.sign_in import sign_in

THREE = (ConsentPurpose.activation_notice, ConsentPurpose.face_check, ConsentPurpose.share_on_scan)


def consent_to_all(account: Account) -> list[Consent]:
    return service.record_consent(account.id, account.person_id or 0, queries.list_notices(*THREE))


def with_consents(browser: Browser) -> Account:
    """A browser signed in and trusted, whose person has consented to everything and has an active credential."""
    service.load_notices()
    sign_in(browser, "13800000001")
    account = make_activated_account("13800000001")
    with transaction():
        service.bind_device(queries.list_devices(account.id)[0])
        consent_to_all(account)
        activate_credential(account.person_id or 0)
    return account


def write(folder: Path, body: str, version: str = "1") -> None:
    head = f"purpose: face_check\nversion: {version}\ntitle: T\nlabel: L\nlegal_basis: B"
    (folder / "face_check.md").write_text(f"---\n{head}\n---\n{body}\n", encoding="utf-8")


def test_every_text_the_activation_needs_is_loaded_once(app: Flask) -> None:
    assert service.load_notices() == len(list(NOTICES.glob("*.md")))
    assert service.load_notices() == 0

    notices = queries.list_notices(*THREE)
    assert [n.purpose for n in notices] == list(THREE)
    assert all(n.label and n.legal_basis and len(n.body) > 300 for n in notices)


def test_the_operator_loads_the_texts_from_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()

    first, again = runner.invoke(args=["accounts", "load-notices"]), runner.invoke(args=["accounts", "load-notices"])

    assert (first.exit_code, first.output) == (0, f"{len(list(NOTICES.glob('*.md')))} notice versions added or changed\n")
    assert again.output == "0 notice versions added or changed\n"


def test_the_face_text_names_ways_of_equal_rank_and_that_no_picture_is_kept() -> None:
    text = (NOTICES / "face_check.md").read_text(encoding="utf-8")

    assert "窗口核验码" in text and "效力相同" in text and "不保存您的人脸照片" in text


def test_a_text_nobody_has_agreed_to_may_be_mended(app: Flask, tmp_path: Path) -> None:
    write(tmp_path, "old")
    service.load_notices(tmp_path)
    write(tmp_path, "new")

    assert service.load_notices(tmp_path) == 1
    assert [n.body for n in db.session.scalars(select(Notice))] == ["new\n"]


def test_a_text_somebody_has_agreed_to_is_never_changed(app: Flask, tmp_path: Path) -> None:
    account = make_activated_account()
    write(tmp_path, "old")
    service.load_notices(tmp_path)
    service.record_consent(account.id, account.person_id or 0, queries.list_notices(ConsentPurpose.face_check))
    write(tmp_path, "new")

    with pytest.raises(ValueError, match="stays as it is"):
        service.load_notices(tmp_path)

    write(tmp_path, "new", version="2")
    service.load_notices(tmp_path)
    in_force = queries.find_notice(ConsentPurpose.face_check)
    assert in_force is not None and (in_force.version, in_force.body) == ("2", "new\n")
    assert [n.body for n in db.session.scalars(select(Notice).order_by(Notice.id))] == ["old\n", "new\n"]


def test_a_consent_is_a_line_of_its_own_with_its_audit_row(app: Flask) -> None:
    service.load_notices()
    account = make_activated_account()

    given = consent_to_all(account)
    again = consent_to_all(account)

    assert (len(given), len(again)) == (3, 0)
    assert queries.has_consent(account.person_id or 0, ConsentPurpose.face_check)
    rows = db.session.scalars(select(AuditRow).where(AuditRow.tag == "account:consent_given")).all()
    assert len(rows) == 3 and '"version": "2026-11"' in rows[0].detail


def test_a_consent_withdrawn_may_be_given_again(app: Flask) -> None:
    service.load_notices()
    account = make_activated_account()
    first = consent_to_all(account)[0]

    service.withdraw_consent(first)
    service.withdraw_consent(first)

    assert not queries.has_consent(account.person_id or 0, ConsentPurpose.activation_notice)
    assert len(consent_to_all(account)) == 1
    assert len(db.session.scalars(select(AuditRow).where(AuditRow.tag == "account:consent_withdrawn")).all()) == 1


def test_the_page_shows_what_was_agreed_to_in_the_words_of_that_day(browser: Browser) -> None:
    with_consents(browser)

    page = browser.get("/me/consents")
    assert "人脸核验单独同意书" in page.text

    consent = db.session.scalars(select(Consent).join(Consent.notice).where(Notice.purpose == ConsentPurpose.face_check)).one()
    shown = browser.get(f"/me/consents/{consent.id}")
    assert "我们不保存您的人脸照片" in shown.text
    assert "医保码照常使用" in shown.text
    assert any(b.text.strip() == "撤回同意" for b in shown.all("button"))


def test_withdrawing_the_face_consent_leaves_the_credential(browser: Browser) -> None:
    with_consents(browser)
    consent = db.session.scalars(select(Consent).join(Consent.notice).where(Notice.purpose == ConsentPurpose.face_check)).one()
    browser.get(f"/me/consents/{consent.id}")

    page = browser.post(f"/me/consents/{consent.id}/withdrawal")

    assert "已撤回同意" in page.text
    assert db.session.scalars(select(Credential.status)).one() is CredentialStatus.active


def test_withdrawing_the_consent_to_be_shown_ends_the_credential(browser: Browser) -> None:
    with_consents(browser)
    consent = db.session.scalars(select(Consent).join(Consent.notice).where(Notice.purpose == ConsentPurpose.share_on_scan)).one()
    assert "您的医保码马上停用" in browser.get(f"/me/consents/{consent.id}").text

    page = browser.post(f"/me/consents/{consent.id}/withdrawal")

    assert "医保码已停用" in page.text
    assert db.session.scalars(select(Credential.status)).one() is CredentialStatus.ended


def test_nobody_reads_or_withdraws_the_consent_of_another(app: Flask, browser: Browser) -> None:
    with_consents(browser)
    consent = db.session.scalars(select(Consent)).first()
    assert consent is not None
    other = Browser(app)
    sign_in(other, "13800000002")

    other.get(f"/me/consents/{consent.id}", expect=404)
    other.get("/me/consents")
    other.post(f"/me/consents/{consent.id}/withdrawal", expect=404)

    assert db.session.get(Consent, consent.id, populate_existing=True).withdrawn_at is None


def test_anybody_may_read_the_texts_in_force(browser: Browser) -> None:
    service.load_notices()

    assert "医保码激活告知书" in browser.get("/notices/activation-notice").text
    browser.get("/notices/nonsense", expect=404)


def test_a_device_of_nobody_knows_no_consents(app: Flask) -> None:
    account = service.create_account("13800000001")
    started = service.start_session(account, BrowserValue(b"x" * 32, "x"))

    assert queries.list_consents(started.session.account_id) == []
