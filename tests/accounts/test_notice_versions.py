"""A new version of a legal text: how it comes into force, what becomes of older consents, who is told."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update

from app.accounts import queries, service
from app.accounts.models import NEEDED_TO_SHOW, Account, Consent, ConsentPurpose, Notice, NoticeDraft
from app.accounts.notice_rules import NoticeWords, check_words
from app.accounts.notice_words import in_words
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials.service import activate_credential
from app.messages.models import Message
from tests.kit.client import Browser
from tests.kit.people import make_activated_account
from tests.kit.sign_in import sign_in

FACE, SHARE = ConsentPurpose.face_check, ConsentPurpose.share_on_scan
BY, SECOND = "staff:1", "staff:2"


def words(title: str = "新的同意书", body: str = "## 目的\n\n新的正文。\n") -> NoticeWords:
    return NoticeWords(title=title, label="我同意。", legal_basis="个人信息保护法第十四条", body=body)


def write(purpose: ConsentPurpose, title: str = "新的同意书") -> NoticeDraft:
    draft = service.start_draft(purpose, from_release=False, by=BY)
    return service.save_draft(draft.id, "zh_Hans", words(title), seen=draft.edition, by=BY)


def publish(purpose: ConsentPurpose, *, is_material: bool, title: str = "新的同意书") -> Notice:
    draft = write(purpose, title)
    digest = service.propose_draft(draft.id, is_material=is_material, by=BY)
    return service.publish_draft(draft.id, digest, by=BY, approved_by=SECOND)


def agree(account: Account, *purposes: ConsentPurpose) -> list[Consent]:
    return service.record_consent(account.id, account.person_id or 0, queries.list_notices(*purposes))


@pytest.fixture
def account(app: Flask) -> Account:
    service.load_notices()
    return make_activated_account("13800000001")


def test_an_older_consent_counts_on_unless_the_change_is_material(account: Account) -> None:
    agree(account, FACE)

    publish(FACE, is_material=False)
    assert queries.has_consent(account.person_id or 0, FACE)
    assert queries.list_outdated(account.id) == []

    publish(FACE, is_material=True, title="再新的")
    assert not queries.has_consent(account.person_id or 0, FACE)
    outdated = queries.list_outdated(account.id)
    assert [c.notice.purpose for c in outdated] == [FACE]

    service.renew_consents(account.id, outdated)
    assert queries.has_consent(account.person_id or 0, FACE)
    assert queries.list_outdated(account.id) == []
    assert len(queries.list_consents(account.id)) == 2


def test_the_ledger_keeps_pointing_at_the_words_that_were_agreed_to(account: Account) -> None:
    first = agree(account, FACE)[0]
    old = first.notice_id

    new = publish(FACE, is_material=True)

    assert queries.get_consent(account.id, first.id).notice_id == old != new.id
    assert [n.id for n in queries.list_notice_versions(FACE)] == [new.id, old]
    assert new.version == clock.today().isoformat()
    assert publish(FACE, is_material=False, title="同一天").version == f"{clock.today().isoformat()}-2"


def test_withdrawing_takes_back_every_version(account: Account) -> None:
    agree(account, FACE)
    publish(FACE, is_material=False)
    newer = agree(account, FACE)[0]

    service.withdraw_consent(newer)

    assert not queries.has_consent(account.person_id or 0, FACE)
    assert all(c.withdrawn_at for c in queries.list_consents(account.id))


def test_everybody_who_agreed_is_told_once_and_nobody_else(account: Account) -> None:
    others = [
        make_activated_account(f"1380000000{n}", number=number)
        for n, number in ((2, "510600199003070025"), (3, "510600199602290011"), (4, "51060019580101007X"))
    ]
    for one in [account, *others[:2]]:
        agree(one, FACE)
    with transaction():
        withdrawn = queries.list_consents(others[1].id)[0]
        service.withdraw_consent(withdrawn)
    publish(FACE, is_material=True)

    assert service.tell_of_new_notices(batch=1) == 2
    assert service.tell_of_new_notices() == 0

    letters = db.session.scalars(select(Message).where(Message.title == "您同意过的一份文本有了新版本")).all()
    assert {letter.account_id for letter in letters} == {account.id, others[0].id}
    assert len(letters) == 2 and "请您重新看一看" in letters[0].body


def test_translations_go_with_their_version(account: Account) -> None:
    old = queries.find_notice(FACE)
    new = publish(FACE, is_material=False)
    assert old is not None

    with force_locale("en"):
        assert in_words(old).title == "Separate consent to the face check"
        assert in_words(new).title == "Separate consent to the face check"
        service.load_notices()
        assert in_words(old).title == "Separate consent to the face check"


def test_a_draft_without_a_language_is_not_proposed(account: Account) -> None:
    draft = write(FACE)
    with transaction():
        draft.texts.remove(next(t for t in draft.texts if t.language == "zh_Hant"))

    with pytest.raises(DomainError, match="language_missing") as refused:
        service.propose_draft(draft.id, is_material=False, by=BY)

    assert "繁體" in refused.value.what


def test_what_was_proposed_stands_still(account: Account) -> None:
    draft = write(FACE)
    digest = service.propose_draft(draft.id, is_material=False, by=BY)

    with pytest.raises(DomainError, match="draft_proposed"):
        service.save_draft(draft.id, "zh_Hans", words("别的"), seen=draft.edition, by=BY)
    with transaction():
        db.session.execute(update(NoticeDraft).values(is_material=True))
    with pytest.raises(DomainError, match="draft_changed"):
        service.publish_draft(draft.id, digest, by=BY, approved_by=SECOND)

    service.take_back_draft(draft.id, by=BY)
    service.drop_draft(draft.id, by=BY)
    assert queries.list_drafts() == {}


def test_of_two_who_write_a_draft_the_second_is_told(account: Account) -> None:
    draft = service.start_draft(FACE, from_release=False, by=BY)
    assert service.start_draft(FACE, from_release=True, by=SECOND).id == draft.id
    seen = draft.edition
    service.save_draft(draft.id, "en", words("First"), seen=seen, by=BY)

    with pytest.raises(DomainError, match="changed_meanwhile"):
        service.save_draft(draft.id, "en", words("Second"), seen=seen, by=SECOND)
    with pytest.raises(DomainError, match="no_language"):
        service.save_draft(draft.id, "fr", words(), seen=seen + 1, by=BY)


def test_a_release_does_not_overrule_the_bureaus_own_words(account: Account) -> None:
    own = publish(FACE, is_material=False)
    with transaction():  # as if the files had never been loaded in this version
        db.session.execute(update(Notice).where(Notice.purpose == FACE, Notice.id != own.id).values(version="2025-01"))
    clock.move(timedelta(days=1))

    service.load_notices()

    found = queries.find_notice(FACE)
    assert found is not None and found.id == own.id
    assert len(queries.list_notice_versions(FACE)) == 2


def test_what_nobody_could_agree_to_is_refused(subtests: pytest.Subtests, app: Flask) -> None:
    for field, text in (
        ("title", " "),
        ("title", "长" * 81),
        ("body", "<script>x</script>"),
        ("body", "[看](https://example.org)"),
        ("body", "[看](javascript:x)"),
        ("body", "字" * 20_001),
        ("label", ""),
    ):
        with subtests.test(field=field, text=text):
            values = {"title": "题", "label": "句", "legal_basis": "据", "body": "文"} | {field: text}

            with pytest.raises(DomainError) as refused:
                check_words(NoticeWords(**values), "zh_Hans")

            assert refused.value.field == field


def test_a_material_change_is_asked_about_before_the_code_opens(app: Flask, browser: Browser) -> None:
    service.load_notices()
    sign_in(browser, "13800000001")
    account = make_activated_account("13800000001")
    with transaction():
        service.bind_device(queries.list_devices(account.id)[0])
        agree(account, *NEEDED_TO_SHOW)
        activate_credential(account.person_id or 0)
    assert browser.get("/code").response.request.path == "/code"
    publish(SHARE, is_material=True, title="新的提供信息同意书")

    page = browser.get("/code")
    assert page.response.request.path == "/me/consents/renewal"
    assert "新的提供信息同意书" in page.text and not [n for n in page.all("input", type="checkbox") if "checked" in n.attrs]
    assert "您还没有勾选" in browser.post("/me/consents/renewal", {"next": "/code"}, expect=422).text
    assert "有文本变了" in browser.get("/me/consents").text
    box = browser.get("/code").one("input", type="checkbox")
    after = browser.post("/me/consents/renewal", {"next": "/code", "consent": box.attrs["value"]})

    assert after.response.request.path == "/code"
    assert "有文本变了" not in browser.get("/me/consents").text
    browser.get("/me/consents/renewal")
    assert browser.page is not None and browser.page.response.request.path == "/me/consents"


def test_the_way_back_leads_nowhere_else(subtests: pytest.Subtests, app: Flask, browser: Browser) -> None:
    service.load_notices()
    sign_in(browser, "13800000001")
    account = make_activated_account("13800000001")
    with transaction():
        service.bind_device(queries.list_devices(account.id)[0])
        agree(account, SHARE)

    for wanted in ("https://evil.example/", "//evil.example", "/code/1/../../x", "/lost"):
        with subtests.test(wanted=wanted):
            publish(SHARE, is_material=True, title=f"新题 {wanted}")
            box = browser.get("/me/consents/renewal").one("input", type="checkbox")

            after = browser.post("/me/consents/renewal", {"next": wanted, "consent": box.attrs["value"]})

            assert after.response.request.path == "/me/consents"
