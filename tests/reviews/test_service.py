"""A case from the queue to its end: claimed by one, decided, undone, settled, corrected, appealed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.reviews import queries, service
from app.reviews.models import CaseState, ReviewReason, StepVerb
from app.staff.queries import get_staff
from tests.kit.at_once import at_once, named
from tests.kit.reviews import Outcomes, let_settle, make_case
from tests.kit.staff import make_staff

BLURRED = [("birth_certificate", 7, ReviewReason.blurred)]


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


def refused_rows() -> list[str]:
    return list(db.session.scalars(select(AuditRow.detail).where(AuditRow.tag == "review:refused").order_by(AuditRow.id)))


def test_the_oldest_promise_of_the_own_region_comes_first(app: Flask, outcomes: Outcomes) -> None:
    staff = make_staff(agency="jingyang")
    make_case(1, region="510681")
    second = make_case(2)
    clock.move(timedelta(days=1))
    make_case(3)

    claimed = service.claim_next(staff)

    assert claimed is not None and claimed.id == second.id and claimed.state is CaseState.claimed
    assert service.claim_next(staff).id == second.id, "what one holds already comes before anything new"


def test_two_never_work_on_one_case(app: Flask, outcomes: Outcomes) -> None:
    one, other = make_staff("one"), make_staff("other")
    case = make_case()
    service.claim_case(one, case)

    assert service.claim_next(other) is None
    with pytest.raises(DomainError, match="claimed_by_other"):
        service.claim_case(other, case)
    with pytest.raises(DomainError, match="claimed_by_other"):
        service.approve_case(other, case)

    assert len(refused_rows()) == 2


def test_of_many_who_reach_at_once_each_gets_another_case(app: Flask, outcomes: Outcomes) -> None:
    ids = [make_staff(f"staff{n}").id for n in range(4)]
    for n in range(4):
        make_case(n)
    got = at_once(app, [lambda i=i: service.claim_next(get_staff(i)).id for i in ids])

    assert len(set(got)) == 4


def test_a_case_two_reach_for_goes_to_one(app: Flask, outcomes: Outcomes) -> None:
    ids = [make_staff(f"staff{n}").id for n in range(4)]
    case_id = make_case().id

    def claim(staff_id: int) -> str:
        service.claim_case(get_staff(staff_id), queries.get_case(case_id))
        return "won"

    got = named(at_once(app, [lambda i=i: claim(i) for i in ids]))

    assert sorted(got) == ["claimed_by_other"] * 3 + ["won"]


def test_two_decisions_of_one_member_at_once_count_once(app: Flask, outcomes: Outcomes) -> None:
    staff_id, case_id = make_staff().id, make_case().id
    service.claim_case(get_staff(staff_id), queries.get_case(case_id))

    def decide(verb: str) -> str:
        staff, case = get_staff(staff_id), queries.get_case(case_id)
        if verb == "approve":
            service.approve_case(staff, case)
        else:
            service.reject_case(staff, case, BLURRED)
        return "won"

    got = named(at_once(app, [lambda v=v: decide(v) for v in ("approve", "reject", "approve")]))

    assert sorted(got) == ["decided_already", "decided_already", "won"]
    assert len(queries.list_steps(queries.get_case(case_id))) == 1


def test_a_claim_runs_out_and_the_case_is_free_again(app: Flask, outcomes: Outcomes) -> None:
    one, other = make_staff("one"), make_staff("other")
    case = make_case()
    service.claim_case(one, case)

    clock.move(timedelta(minutes=20, seconds=1))

    with pytest.raises(DomainError, match="not_claimed"):
        service.approve_case(one, case)
    assert service.claim_next(other).id == case.id


def test_what_is_put_back_is_free_at_once(app: Flask, outcomes: Outcomes) -> None:
    one, other = make_staff("one"), make_staff("other")
    case = make_case()
    service.claim_case(one, case)

    service.release_case(one, case)

    assert service.claim_next(other).id == case.id


def test_a_decision_takes_effect_after_a_minute(app: Flask, outcomes: Outcomes) -> None:
    staff, case = make_staff(), make_case()
    service.claim_case(staff, case)
    service.approve_case(staff, case)

    clock.move(timedelta(seconds=59))
    assert service.settle_decisions() == 0 and outcomes.told == []
    clock.move(timedelta(seconds=1))
    assert service.settle_decisions() == 1

    assert outcomes.told == [("sample:1", CaseState.approved)]
    assert queries.get_case(case.id).state is CaseState.approved
    assert service.settle_decisions() == 0


def test_within_the_minute_it_can_be_undone(app: Flask, outcomes: Outcomes) -> None:
    staff, case = make_staff(), make_case()
    service.claim_case(staff, case)
    service.reject_case(staff, case, BLURRED)

    service.undo_decision(staff, case)
    service.approve_case(staff, case)
    let_settle()

    assert outcomes.told == [("sample:1", CaseState.approved)]
    assert [step.undone_at is not None for step in queries.list_steps(case)] == [True, False]


def test_after_the_minute_and_by_others_it_cannot_be_undone(app: Flask, outcomes: Outcomes) -> None:
    staff, other, case = make_staff(), make_staff("other"), make_case()
    service.claim_case(staff, case)
    service.approve_case(staff, case)

    with pytest.raises(DomainError, match="too_late"):
        service.undo_decision(other, case)
    let_settle()
    with pytest.raises(DomainError, match="too_late"):
        service.undo_decision(staff, case)


def test_what_failed_in_the_owners_feature_is_tried_again_and_holds_up_nobody(app: Flask, outcomes: Outcomes) -> None:
    staff, first, second = make_staff(), make_case(1), make_case(2)
    for case in (first, second):
        service.claim_case(staff, case)
        service.approve_case(staff, case)
    told: list[str] = []

    def fails(case: object, _outcome: object) -> None:
        subject: str = case.subject
        if subject == "sample:1" and not told:
            told.append("broken")
            raise RuntimeError("the family's table is locked")
        told.append(subject)

    outcomes.take = fails

    assert let_settle() == 1
    assert queries.get_case(first.id).state is CaseState.claimed
    assert service.settle_decisions() == 1
    assert told == ["broken", "sample:2", "sample:1"]


def test_a_return_names_the_page_and_the_corrected_case_comes_back(app: Flask, outcomes: Outcomes) -> None:
    staff, case = make_staff(), make_case()
    service.claim_case(staff, case)
    service.return_case(staff, case, BLURRED, "请在窗边重新拍一张。")
    assert queries.list_reasons(case) == [], "nothing is told while it can be undone"
    let_settle()

    returned = queries.get_case_of("sample:1")
    assert [(r.slot, r.page_id, r.label) for r in queries.list_reasons(returned)] == [("birth_certificate", 7, "看不清，字是糊的")]
    assert queries.decision_note(returned) == "请在窗边重新拍一张。"
    service.resubmit_case("sample:1")
    again = service.claim_next(staff)
    assert again is not None and (again.id, again.round) == (case.id, 2)


def test_a_refusal_needs_a_reason_and_other_needs_a_sentence(app: Flask, outcomes: Outcomes) -> None:
    staff, case = make_staff(), make_case()
    service.claim_case(staff, case)

    with pytest.raises(DomainError, match="reason_missing"):
        service.reject_case(staff, case, [])
    with pytest.raises(DomainError, match="note_missing"):
        service.return_case(staff, case, [("", None, ReviewReason.other)])

    assert queries.list_steps(case) == []


def test_an_appeal_is_read_by_somebody_else_and_only_once(app: Flask, outcomes: Outcomes) -> None:
    one, other, case = make_staff("one"), make_staff("other"), make_case()
    service.claim_case(one, case)
    service.reject_case(one, case, BLURRED)
    let_settle()

    with pytest.raises(DomainError, match="appeal_empty"):
        service.appeal_case("sample:1", " ")
    service.appeal_case("sample:1", "出生证上有我的名字。")

    assert service.claim_next(one) is None
    with pytest.raises(DomainError, match="复核"):
        service.claim_case(one, queries.get_case(case.id))
    assert service.claim_next(other).id == case.id
    service.reject_case(other, queries.get_case(case.id), BLURRED)
    let_settle()
    with pytest.raises(DomainError, match="appealed_already"):
        service.appeal_case("sample:1", "再看一次。")
    stored = next(step for step in queries.list_steps(case) if step.verb is StepVerb.appeal)
    assert queries.note_of(stored) == "出生证上有我的名字。"
    assert stored.note_encrypted is not None and "出生证".encode() not in stored.note_encrypted


def test_a_flagged_case_needs_two_different_members(app: Flask, outcomes: Outcomes) -> None:
    one, other = make_staff("one"), make_staff("other")
    case = make_case(needs_second=True)
    service.claim_case(one, case)
    service.approve_case(one, case)
    let_settle()

    assert outcomes.told == [] and queries.get_case(case.id).state is CaseState.waiting
    assert service.claim_next(one) is None
    with pytest.raises(DomainError, match="两个人看"):
        service.claim_case(one, queries.get_case(case.id))
    service.claim_case(other, queries.get_case(case.id))
    service.approve_case(other, queries.get_case(case.id))
    let_settle()

    assert outcomes.told == [("sample:1", CaseState.approved)]


def test_a_case_of_another_region_is_refused_and_audited(app: Flask, outcomes: Outcomes) -> None:
    staff = make_staff(agency="guanghan")
    case = make_case(region="510603")

    for act in (service.claim_case, service.approve_case, service.refuse_reader):
        with pytest.raises(DomainError, match="别的参保地"):
            act(staff, case)

    assert len(refused_rows()) == 3 and service.claim_next(staff) is None


def test_nobody_decides_for_their_own_family(app: Flask, outcomes: Outcomes) -> None:
    staff, case, other = make_staff(), make_case(1), make_case(2)
    outcomes.kin["sample:1"] = staff.id

    with pytest.raises(DomainError, match="自己家"):
        service.claim_case(staff, case)

    assert service.claim_next(staff).id == other.id
    assert len(refused_rows()) == 1


def test_what_the_citizen_took_back_is_not_decided_any_more(app: Flask, outcomes: Outcomes) -> None:
    staff, case = make_staff(), make_case()
    service.claim_case(staff, case)
    service.approve_case(staff, case)

    service.withdraw_case("sample:1")
    let_settle()

    assert outcomes.told == [] and queries.get_case(case.id).state is CaseState.withdrawn
    with pytest.raises(DomainError, match="decided_already"):
        service.approve_case(staff, queries.get_case(case.id))
    with pytest.raises(DomainError, match="case_moved"):
        service.withdraw_case("sample:1")
    assert service.open_case("sample:1", "sample", "510603").state is CaseState.waiting


def test_a_page_seen_before_a_correction_decides_nothing(app: Flask, outcomes: Outcomes) -> None:
    staff, case = make_staff(), make_case()
    service.claim_case(staff, case)
    service.return_case(staff, case, BLURRED)
    let_settle()
    service.resubmit_case("sample:1")
    service.claim_case(staff, queries.get_case(case.id))

    with pytest.raises(DomainError, match="not_claimed"):
        service.approve_case(staff, queries.get_case(case.id), seen_round=1)

    service.approve_case(staff, queries.get_case(case.id), seen_round=2)


def test_one_request_is_one_case(app: Flask, outcomes: Outcomes) -> None:
    make_case()

    with pytest.raises(DomainError, match="case_open"):
        make_case()


def test_the_place_in_the_queue_counts_the_own_region_up_to_a_bound(app: Flask, outcomes: Outcomes) -> None:
    make_case(0, region="510681")
    cases = [make_case(n) for n in range(1, 4)]

    assert [queries.place_in_queue(case) for case in cases] == [0, 1, 2]


def test_the_promise_is_two_working_days(app: Flask, outcomes: Outcomes) -> None:
    case = make_case()

    assert case.due_at == queries.working_hours().after(case.opened_at, 14)
