"""Every reason of contract 5 by itself, and before every reason that comes after it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.credentials.code_faults import Reading
from app.credentials.code_format import Code, TypedNumber
from app.credentials.models import CredentialStatus, EndReason
from app.credentials.queries.redeem import Shown, ShownSlip
from app.institutions.models import InstitutionKind
from app.roster.models import InsuredStatus
from app.scanning.calls import ScanRequest
from app.scanning.judging import PRECEDENCE, Facts, judge
from app.scanning.queries.scan import Caller, Question
from app.scanning.reasons import BY_NAME

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())

CONTRACT_5 = (
    "too_many_requests",
    "code_malformed",
    "code_forged",
    "code_renew",
    "code_expired",
    "code_early",
    "code_used",
    "link_ended",
    "credential_frozen",
    "credential_inactive",
    "insured_suspended",
    "offline_limit",
    "slip_wrong_place",
    "scene_not_enabled",
    "challenge_required",
    "challenge_wrong",
    "specimen",
)


def good() -> Facts:
    """A code of somebody's phone, drawn just now, at a hospital that may do what it asks for."""
    caller = Caller(1, "H51060000001", "示范市人民医院", InstitutionKind.hospital, "510600", "01301,02121", True, False, True)
    shown = Shown(
        handle="0" * 20,
        credential_id=2,
        device_id=3,
        master_id="m1",
        shown_since=NOW - timedelta(days=9),
        seen_at=NOW - timedelta(minutes=1),
        shown_by="self",
        last_used=0,
        uses_since_seen=0,
        ends_at=None,
        end_reason=None,
        credential_status=CredentialStatus.active,
        person_id=4,
        cert_type="01",
        cert_no_hash=b"",
        cert_no_encrypted=b"",
        name="李明",
        gender="1",
        birthday=date(1990, 3, 7),
        nationality="01",
        insured_region="510603",
        psn_no="",
        insured_status=InsuredStatus.normal,
        is_specimen=False,
    )
    code = Code("0" * 20, SECOND, "", b"", b"")
    reading = Reading(code, NOW, shown, issued_at=SECOND, expired_from=SECOND + 61)
    return Facts(caller, ScanRequest("", "01301", "N001", "李芳", "", "visit-1"), reading)


Change = Callable[[Facts], Facts]


def reading(**changes: object) -> Change:
    return lambda facts: facts._replace(reading=facts.reading._replace(**changes))


def shown(**changes: object) -> Change:
    def change(facts: Facts) -> Facts:
        assert facts.reading.shown is not None
        return facts._replace(reading=facts.reading._replace(shown=facts.reading.shown._replace(**changes)))

    return change


def on_paper(facts: Facts) -> Facts:
    slip = ShownSlip(99, "01301", NOW, NOW + timedelta(hours=9), None)
    return reading(slip=slip)(shown(shown_by="slip", device_id=None)(facts))


def answered(facts: Facts) -> Facts:
    return reading(code=Code("0" * 20, SECOND, "47", b"", b""))(facts)._replace(question=Question(1, "48", 0))


SPOILT: dict[str, Change] = {
    "too_many_requests": lambda facts: facts._replace(wrong_numbers=10),
    "code_malformed": reading(code=None),
    "code_forged": reading(is_genuine=False, has_master=True),
    "code_renew": reading(is_genuine=False, has_master=False),
    "code_expired": reading(expired_from=SECOND),
    "code_early": reading(issued_at=SECOND + 31, is_ahead=True),
    "code_used": lambda facts: shown(last_used=facts.reading.issued_at)(facts),
    "link_ended": shown(ends_at=NOW),
    "credential_frozen": shown(credential_status=CredentialStatus.frozen),
    "credential_inactive": shown(credential_status=CredentialStatus.ended),
    "insured_suspended": shown(insured_status=InsuredStatus.suspended),
    "offline_limit": shown(uses_since_seen=10),
    "slip_wrong_place": on_paper,
    "scene_not_enabled": lambda facts: facts._replace(caller=facts.caller._replace(business_types="02121")),
    "challenge_required": lambda facts: facts._replace(is_unusual=True),
    "challenge_wrong": answered,
    "specimen": shown(is_specimen=True),
}
# Paper has no clock that draws, no device that could be offline, and nobody who could answer.
NEVER_ON_PAPER = {"code_early", "offline_limit", "challenge_required", "challenge_wrong"}


def pairs() -> Iterator[tuple[str, str]]:
    for place, first in enumerate(CONTRACT_5):
        for second in CONTRACT_5[place + 1 :]:
            if "slip_wrong_place" not in (first, second) or not NEVER_ON_PAPER & {first, second}:
                yield first, second


def said(facts: Facts) -> str:
    reason = judge(facts).reason
    return reason.name if reason is not None else "accepted"


def test_the_table_is_in_the_order_of_the_contract() -> None:
    assert PRECEDENCE == CONTRACT_5
    numbers = [BY_NAME[name].code for name in CONTRACT_5[1:]]
    assert numbers == list(range(1001, 1017))


@pytest.mark.one_database
def test_a_good_code_is_accepted(app: Flask) -> None:
    assert said(good()) == "accepted"
    assert set(SPOILT) == set(CONTRACT_5)


@pytest.mark.one_database
def test_each_reason_is_said_by_itself(app: Flask) -> None:
    assert {name: said(spoil(good())) for name, spoil in SPOILT.items()} == {name: name for name in SPOILT}


@pytest.mark.one_database
def test_of_two_reasons_the_first_of_the_contract_is_said(app: Flask) -> None:
    wrong = [(first, second, found) for first, second in pairs() if (found := said(SPOILT[first](SPOILT[second](good())))) != first]

    assert wrong == []


@pytest.mark.one_database
def test_a_link_that_ended_with_its_credential_says_what_became_of_that(app: Flask) -> None:
    ended = shown(ends_at=NOW, end_reason=EndReason.credential_ended)

    assert said(ended(good())) == "credential_inactive"
    assert said(SPOILT["credential_frozen"](ended(good()))) == "credential_frozen"


@pytest.mark.one_database
def test_a_reported_loss_is_a_freeze_and_no_ended_link(app: Flask) -> None:
    lost = shown(ends_at=NOW, end_reason=EndReason.reported_lost, credential_status=CredentialStatus.frozen)

    assert said(lost(good())) == "credential_frozen"


@pytest.mark.one_database
def test_a_desk_that_has_asked_three_times_asks_no_more(app: Flask) -> None:
    unusual = good()._replace(is_unusual=True)

    assert [said(unusual._replace(questions=asked)) for asked in (2, 3)] == ["challenge_required", "challenge_wrong"]


@pytest.mark.one_database
def test_the_right_digits_open_the_way(app: Flask) -> None:
    assert said(answered(good())._replace(question=Question(1, "47", 2))) == "accepted"
    assert said(answered(good())._replace(question=None)) == "challenge_wrong"


@pytest.mark.one_database
def test_a_revoked_slip_has_ended_and_is_not_said_to_be_used(app: Flask) -> None:
    here = on_paper(good())._replace(caller=good().caller._replace(id=99))
    slip = here.reading.slip
    assert slip is not None
    revoked = reading(slip=slip._replace(revoked_at=NOW))(shown(last_used=SECOND, ends_at=NOW)(here))

    assert said(here) == "accepted"
    assert said(revoked) == "link_ended"


@pytest.mark.one_database
def test_what_a_clock_that_had_jumped_ahead_let_through_is_renewed_and_blames_no_phone(app: Flask) -> None:
    jumped = reading(was_used_ahead=True)(shown(last_used=SECOND + 900)(good()))
    typed = reading(code=TypedNumber("482917305516"), is_ahead=True)(good())

    assert said(jumped) == "link_ended"
    assert said(reading(is_ahead=True)(jumped)) == "link_ended"
    assert said(typed) == "link_ended"


@pytest.mark.one_database
def test_after_a_restore_a_right_tag_nobody_knows_has_ended(app: Flask) -> None:
    unknown = reading(shown=None)(good())

    assert said(unknown) == "code_forged"
    assert said(reading(is_lost=True)(unknown)) == "link_ended"
    assert said(reading(is_lost=True, expired_from=SECOND)(unknown)) == "code_expired"
