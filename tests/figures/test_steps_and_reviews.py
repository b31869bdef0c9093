"""Two figures whose moments come from elsewhere: the steps of an activation, and how long reviews took."""

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.activation.models import ActivationDraft, DraftStep
from app.activation.service import expire_drafts
from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.figures import queries, service
from app.figures.models import DailyFigure, Figure
from app.regions.service import load_regions
from app.reviews.models import ReviewCase, ReviewReason
from app.reviews.service import approve_case, claim_case, resubmit_case, return_case, undo_decision
from tests.kit.client import Browser
from tests.kit.people import make_person
from tests.kit.reviews import Outcomes, let_settle, make_case
from tests.kit.staff import make_staff
from tests.kit.visitors import account_and_device, signed_in_browser

BLURRED = [("", None, ReviewReason.blurred)]


def counted(figure: Figure, day: date | None = None) -> dict[tuple[str, str], int]:
    """(region, key) -> value of a day."""
    wanted = select(DailyFigure.region, DailyFigure.key, DailyFigure.value)
    wanted = wanted.where(DailyFigure.figure == figure.value, DailyFigure.day == (day or clock.today()))
    return {(region, key): value for region, key, value in db.session.execute(wanted)}


def spread_of(outcome: str) -> dict[str, int]:
    """Upper edge in minutes -> how many decisions of today."""
    wanted = select(DailyFigure.spread).where(
        DailyFigure.figure == Figure.working_time.value, DailyFigure.day == clock.today(), DailyFigure.key == outcome
    )
    found: dict[str, int] = json.loads(db.session.execute(wanted).scalar_one())
    return found


def monday_at(hour: int) -> None:
    """The tests' clock goes on to this hour of a coming Monday, whichever day it is."""
    here = clock.local(clock.now())
    monday = (here + timedelta(days=7 - here.weekday())).replace(hour=hour, minute=0, second=0, microsecond=0)
    clock.move(monday - here)


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


def test_the_steps_of_an_activation_are_counted_where_they_happen(app: Flask) -> None:
    browser: Browser = signed_in_browser(app)
    load_regions()
    make_person()
    browser.get("/activation/person")
    typed = {"name": "李明", "cert_type": "01", "cert_no": "510600199003070017", "region": "510603"}
    browser.post("/activation/person", typed)

    service.count_due()

    assert counted(Figure.step) == {("", "started"): 1, ("510603", "found"): 1}
    assert counted(Figure.draft_open) == {("510603", "consent"): 1}


def test_an_activation_nobody_went_on_with_counts_where_it_was_left(app: Flask) -> None:
    signed_in_browser(app)
    _account, device = account_and_device()
    person = make_person()
    with transaction():
        db.session.add(
            ActivationDraft(
                device_id=device.id,
                account_id=device.account_id,
                step=DraftStep.proof,
                created_at=clock.now(),
                expires_at=clock.now() + timedelta(days=30),
                person_id=person.id,
            )
        )
    clock.move(timedelta(days=31))

    assert expire_drafts() == 1 and expire_drafts() == 0
    service.count_due()

    left = select(AuditRow.outcome).where(AuditRow.tag == "activation:expired")
    assert counted(Figure.gave_up) == {("510603", "proof"): 1} and db.session.scalars(left).all() == ["proof"]
    assert counted(Figure.draft_open) == {}


def test_a_decision_is_timed_in_working_hours_and_set_against_the_promise(app: Flask, outcomes: Outcomes) -> None:
    monday_at(9)
    staff, case = make_staff(), make_case()
    clock.move(timedelta(hours=5, minutes=10))  # noon is no working time: four hours and ten minutes
    claim_case(staff, case)
    approve_case(staff, case)
    let_settle()

    service.count_due()

    assert counted(Figure.decided) == {("510603", "approved"): 1} == counted(Figure.in_time)
    assert counted(Figure.working_time) == {("510603", "approved"): 1}
    assert spread_of("approved") == {"270": 1}


def test_a_correction_starts_the_time_anew_and_what_was_late_is_not_in_time(app: Flask, outcomes: Outcomes) -> None:
    monday_at(9)
    staff, case = make_staff(), make_case()
    clock.move(timedelta(days=4))
    claim_case(staff, case)
    return_case(staff, case, BLURRED)
    let_settle()
    resubmit_case(case.subject)
    clock.move(timedelta(minutes=20))
    again = db.session.get_one(ReviewCase, case.id)
    claim_case(staff, again)
    approve_case(staff, again)
    let_settle()

    service.count_due()

    assert counted(Figure.decided) == {("510603", "approved"): 1, ("510603", "returned"): 1}
    assert counted(Figure.in_time) == {("510603", "approved"): 1}
    assert spread_of("approved") == {"30": 1}


def test_of_two_approvals_the_second_counts_and_an_undone_one_never(app: Flask, outcomes: Outcomes) -> None:
    monday_at(9)
    first, second = make_staff("first"), make_staff("second")
    case = make_case(needs_second=True)
    claim_case(first, case)
    approve_case(first, case)
    undo_decision(first, case)
    approve_case(first, case)
    let_settle()
    service.count_due()
    before = counted(Figure.decided)
    claim_case(second, case)
    approve_case(second, case)
    let_settle()

    service.count_due()

    assert before == {} and counted(Figure.decided) == {("510603", "approved"): 1}


def test_what_waits_is_written_for_today_and_yesterday_keeps_what_it_had(app: Flask, outcomes: Outcomes) -> None:
    make_staff()
    make_case()
    service.count_due()
    clock.move(timedelta(days=1))
    make_case(2)

    service.count_due()

    yesterday = clock.today() - timedelta(days=1)
    assert counted(Figure.waiting, yesterday) == {("510603", ""): 1} and counted(Figure.waiting) == {("510603", ""): 2}


def test_the_log_of_a_new_bureau_has_no_first_day(app: Flask) -> None:
    assert queries.first_day_of_log() is None and service.count_due() == 1
