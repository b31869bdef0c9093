"""一次性纸质码: one place, one purpose, one day, once."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.accounts.models import ConsentPurpose
from app.accounts.queries import list_notices
from app.accounts.service import load_notices
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials.models import CredentialKind, CredentialStatus, Slip, TypedCode
from app.credentials.queries import find_credential_of, get_credential
from app.credentials.service import (
    SlipPaper,
    end_credential,
    freeze_credential,
    revoke_slip,
    show_slip,
    take_over_credential,
    unfreeze_credential,
)
from app.credentials.uses import UsesWanted
from app.institutions.models import Institution
from app.institutions.queries import get_institution
from app.institutions.service import set_enabled
from app.messages.queries import list_messages
from app.roster.models import InsuredPerson, InsuredStatus
from app.scanning.paper_reasons import ON_PAPER
from app.scanning.queries import list_uses
from app.scanning.service import write_slip
from tests.credentials.holders import Holder, make_holder, make_person
from tests.scanning.desk import ORG, Desk, assert_refused, change_settings, make_desk

CLERK = "staff:1"


@pytest.fixture(autouse=True)
def noon(app: Flask) -> None:
    """A slip is good until midnight: no test begins shortly before it, whatever the time is."""
    midnight()
    clock.move(timedelta(hours=12))


@pytest.fixture
def holder(app: Flask) -> Holder:
    return make_holder()


@pytest.fixture
def elsewhere(app: Flask) -> Desk:
    return make_desk(app, "P51060000001", scenes=["02121"])


def issue(person: InsuredPerson, business_type: str = "01301", org: str = ORG, by: str = CLERK) -> SlipPaper:
    slip = write_slip(person, get_institution(org), business_type, by=by)
    return show_slip(slip, by=by)


def assert_refused_paper(answer: TestResponse, code: int) -> None:
    assert_refused(answer, code, is_of_paper=True)


def midnight() -> None:
    """The clock goes to the end of this day in China."""
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), time(), clock.CHINA)
    clock.move(tomorrow.astimezone(UTC) - clock.now())


def test_a_slip_is_good_hours_later_and_once(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    clock.move(timedelta(minutes=30))

    answer = desk.scan(paper.digits)

    assert (answer.json["code"], answer.json["data"]["extData"]["shownBy"]) == (0, "slip")
    assert answer.json["data"]["userName"] == "李明"
    clock.move(timedelta(minutes=10))
    assert_refused_paper(desk.scan(paper.digits), 1006)
    assert_refused_paper(desk.scan(paper.number), 1006)
    assert db.session.get_one(Slip, paper.slip.id).used_at is not None


def test_nobody_is_asked_to_refresh_paper(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    desk.scan(paper.digits)

    refused = desk.scan(paper.digits).json

    assert (refused["code"], refused["reason"]) == (1006, "code_used")
    assert "今天已经用过" in refused["message"] and "窗口可以再开一张" in refused["next"]
    for reason in ON_PAPER.values():
        assert "纸质码" in reason.message
        assert not any(word in reason.message + reason.next for word in ("手机", "刷新", "屏幕", "联网", "页面")), reason.name


def test_the_twelve_digits_use_it_up_too(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    clock.move(timedelta(minutes=30))

    assert desk.scan(f"{paper.number[:4]} {paper.number[4:8]} {paper.number[8:]}").json["code"] == 0

    assert_refused_paper(desk.scan(paper.digits), 1006)


def test_picture_and_number_are_one_use_though_a_second_began_between_them(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    with transaction():
        drawn = db.session.get_one(TypedCode, paper.number)
        drawn.issued_at += 1

    assert desk.scan(paper.digits).json["code"] == 0
    assert_refused_paper(desk.scan(paper.number), 1006)


def test_another_institution_or_purpose_is_refused_and_uses_nothing_up(desk: Desk, elsewhere: Desk, holder: Holder) -> None:
    paper = issue(holder.person)

    assert_refused_paper(elsewhere.scan(paper.digits, businessType="02121"), 1012)
    assert_refused_paper(elsewhere.scan(paper.number, businessType="02121"), 1012)
    assert_refused_paper(elsewhere.scan(paper.digits, businessType="01301"), 1012)
    assert_refused_paper(desk.scan(paper.digits, businessType="01101"), 1012)

    assert desk.scan(paper.digits, businessType="01301").json["code"] == 0
    assert_refused_paper(elsewhere.scan(paper.digits, businessType="02121"), 1006)


def test_at_midnight_it_is_over_for_good(desk: Desk, holder: Holder) -> None:
    paper, used = issue(holder.person), issue(holder.person, "01101")
    desk.scan(used.digits, businessType="01101")
    midnight()

    for digits in (paper.digits, paper.number, used.digits, used.number):
        assert_refused_paper(desk.scan(digits), 1004)


def test_a_second_before_midnight_it_is_good(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    midnight()
    clock.move(timedelta(seconds=-1))

    assert desk.scan(paper.number).json["code"] == 0


def test_a_revoked_slip_says_that_it_ended(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)

    assert revoke_slip(paper.slip, by=CLERK)
    assert not revoke_slip(paper.slip, by=CLERK)

    assert_refused_paper(desk.scan(paper.digits), 1007)
    assert_refused_paper(desk.scan(paper.number), 1007)
    midnight()
    assert_refused_paper(desk.scan(paper.digits), 1004)


def test_a_used_slip_is_not_revoked(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    desk.scan(paper.digits)

    assert not revoke_slip(paper.slip, by=CLERK)
    assert_refused_paper(desk.scan(paper.digits), 1006)


def test_it_ends_with_a_freeze_and_does_not_come_back(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    freeze_credential(get_credential(holder.credential.id), CLERK)
    assert_refused_paper(desk.scan(paper.digits), 1008)
    assert_refused_paper(desk.scan(paper.number), 1008)

    unfreeze_credential(get_credential(holder.credential.id), CLERK)

    assert_refused_paper(desk.scan(paper.digits), 1007)
    assert issue(holder.person).number != paper.number


def test_it_ends_with_the_credential(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    end_credential(get_credential(holder.credential.id), CLERK)

    assert_refused_paper(desk.scan(paper.digits), 1009)
    assert_refused_paper(desk.scan(paper.number), 1009)


def test_who_is_suspended_meanwhile_is_refused(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    with transaction():
        db.session.execute(update(InsuredPerson).where(InsuredPerson.id == holder.person.id).values(status=InsuredStatus.suspended))

    assert_refused_paper(desk.scan(paper.digits), 1010)
    with pytest.raises(DomainError, match="insured_not_normal"):
        issue(db.session.get_one(InsuredPerson, holder.person.id), "01101")


def test_no_desk_asks_two_digits_of_paper(app: Flask, holder: Holder) -> None:
    desk = make_desk(app, supports_challenge=True)
    change_settings(app, risk_first_use=True, challenge_min_rules=1)
    paper = issue(holder.person)

    assert desk.scan(paper.digits).json["code"] == 0


def test_a_tag_that_was_changed_is_forged(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    changed = paper.digits[:-1] + str((int(paper.digits[-1]) + 1) % 10)

    assert_refused_paper(desk.scan(changed), 1002)


def test_one_open_slip_of_a_kind_and_day(desk: Desk, holder: Holder) -> None:
    first = issue(holder.person)

    with pytest.raises(DomainError, match="slip_open"):
        issue(holder.person, by="staff:2")
    issue(holder.person, "01101")
    desk.scan(first.digits)
    issue(holder.person)

    midnight()
    issue(holder.person)


def test_so_many_a_day_and_no_more(app: Flask, desk: Desk, holder: Holder) -> None:
    change_settings(app, slips_per_person_day=2)
    issue(holder.person, "01101")
    issue(holder.person)

    with pytest.raises(DomainError, match="slips_too_many"):
        issue(holder.person, "01302")
    midnight()
    issue(holder.person, "01302")


def test_a_place_that_cannot_scan_it_gets_none(desk: Desk, elsewhere: Desk, holder: Holder) -> None:
    with pytest.raises(DomainError, match="slip_scene_closed"):
        issue(holder.person, "01301", "P51060000001")
    set_enabled("P51060000001", False)
    with pytest.raises(DomainError, match="slip_place_closed"):
        issue(holder.person, "02121", "P51060000001")


def test_it_is_shown_again_for_minutes_and_to_its_clerk_alone(app: Flask, desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)

    assert show_slip(paper.slip, by=CLERK).digits == paper.digits
    with pytest.raises(DomainError, match="slip_put_away"):
        show_slip(paper.slip, by="staff:2")
    clock.move(timedelta(minutes=5, seconds=1))
    with pytest.raises(DomainError, match="slip_put_away"):
        show_slip(paper.slip, by=CLERK)
    revoke_slip(paper.slip, by=CLERK)
    with pytest.raises(DomainError, match="slip_over"):
        show_slip(paper.slip, by=CLERK)


def test_who_has_no_code_gets_one_after_signing_on_paper_and_takes_it_over_later(desk: Desk, app: Flask) -> None:
    load_notices()
    with transaction():
        person = make_person("51060019450101002", "王奶奶")
    with pytest.raises(DomainError, match="consent_missing"):
        issue(person)
    assert find_credential_of(person.id) is None

    notices = list_notices(ConsentPurpose.activation_notice, ConsentPurpose.share_on_scan)
    slip = write_slip(person, get_institution(ORG), "01301", by=CLERK, paper_notices=notices)

    credential = find_credential_of(person.id)
    assert credential is not None and (credential.kind, credential.status) == (CredentialKind.held, CredentialStatus.active)
    assert slip.paper_notices == ",".join(str(notice.id) for notice in notices)
    assert desk.scan(show_slip(slip, by=CLERK).digits).json["data"]["extData"]["shownBy"] == "slip"
    issue(person)  # the next needs no paper
    taken = take_over_credential(person.id, "account:1")
    assert taken is not None and taken.id == credential.id and taken.kind is CredentialKind.own


def test_its_holder_sees_it_among_the_uses_and_hears_of_it(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    desk.scan(paper.digits)

    uses = list_uses(UsesWanted(holder.credential.id, shown_on_account=None, scan_id=None, limit=5))
    assert [use.shown_by for use in uses] == ["slip"]
    told = [message.title for message in list_messages(holder.account.id)]
    assert sorted(told) == sorted(["窗口给您开了一张纸质码", "纸质码已使用"])


def test_every_act_is_in_the_audit_log_without_a_digit_of_the_code(desk: Desk, holder: Holder) -> None:
    paper = issue(holder.person)
    revoke_slip(paper.slip, by=CLERK)

    rows = db.session.scalars(select(AuditRow).where(AuditRow.tag.startswith("slip:")).order_by(AuditRow.id)).all()

    assert [row.tag for row in rows] == ["slip:issued", "slip:shown", "slip:revoked"]
    assert {row.actor for row in rows} == {CLERK}
    assert not any(paper.number in str(row.__dict__) or paper.slip.handle in str(row.__dict__) for row in rows)
    assert db.session.get_one(Institution, 1).name
