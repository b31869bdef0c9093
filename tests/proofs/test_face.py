"""The face check against a real HTTP provider: what it says is believed only when it belongs to this check."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.config import Mode
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.proofs.face import Capture, Redirect
from app.proofs.models import CounterCode, IdentityProof, ProofMethod, ProofPurpose, ProofState
from app.proofs.service import FaceOutcome, find_passed_proof, finish_face, issue_counter_code, spend_proof, start_face, tidy_proofs
from tests.kit.settings import make_settings
from tests.proofs.people import make_person, make_session
from tests.proofs.provider import Provider

BACK = "https://bureau.example/activation/face-check"
ACTIVATION = ProofPurpose.activation


def nonce_of(provider: Provider) -> str:
    return parse_qs(urlsplit(provider.last().return_url).query)["state"][0]


def test_a_passed_check_is_a_proof_of_this_person_purpose_and_session(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()

    handover = start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "passed"
    outcome = finish_face(session, ACTIVATION, nonce_of(provider))

    assert isinstance(handover, Redirect)
    assert handover.url.startswith(provider.url + "/pages/")
    assert outcome is FaceOutcome.passed
    proof = find_passed_proof(session, person, ACTIVATION)
    assert proof and proof.provider == "http" and proof.reference == handover.reference
    assert find_passed_proof(session, person, ProofPurpose.unfreezing) is None
    assert find_passed_proof(make_session(), person, ACTIVATION) is None
    assert find_passed_proof(session, make_person("510600199003070025", "王芳"), ACTIVATION) is None


def test_the_provider_learns_who_and_why_but_never_the_stored_nonce_itself(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()

    start_face(session, person, ACTIVATION, BACK)

    sent = provider.last().body
    assert (sent["name"], sent["cert_type"], sent["cert_no"]) == ("李明", "01", "510600199003070017")
    assert sent["purpose"] == "activation"
    proof = db.session.scalars(select(IdentityProof)).one()
    assert sent["nonce"] == proof.nonce_hash.hex() != nonce_of(provider)


def test_a_failed_check_is_kept_and_opens_nothing(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "failed"

    outcome = finish_face(session, ACTIVATION, nonce_of(provider))

    assert outcome is FaceOutcome.failed
    assert find_passed_proof(session, person, ACTIVATION) is None
    tags = db.session.scalars(select(AuditRow.tag).where(AuditRow.person_id == person.id)).all()
    assert "proof:failed" in tags


def test_a_check_of_another_session_or_purpose_cannot_be_finished(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "passed"

    stranger = finish_face(make_session(), ACTIVATION, nonce_of(provider))
    other_purpose = finish_face(session, ProofPurpose.rebinding, nonce_of(provider))
    guessed = finish_face(session, ACTIVATION, "x" * 43)

    assert stranger is other_purpose is guessed is FaceOutcome.unknown
    assert db.session.scalars(select(IdentityProof.state)).one() is ProofState.open


def test_a_verdict_that_belongs_to_another_check_counts_as_failed(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "passed"
    provider.mood = "foreign"

    outcome = finish_face(session, ACTIVATION, nonce_of(provider))

    assert outcome is FaceOutcome.failed
    assert find_passed_proof(session, person, ACTIVATION) is None


def test_a_return_played_again_says_the_same_and_makes_no_second_proof(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "passed"
    finish_face(session, ACTIVATION, nonce_of(provider))

    again = finish_face(session, ACTIVATION, nonce_of(provider))
    proof = find_passed_proof(session, person, ACTIVATION)
    assert proof
    spend_proof(proof)
    after_use = finish_face(session, ACTIVATION, nonce_of(provider))

    assert again is FaceOutcome.passed
    assert after_use is FaceOutcome.expired
    assert find_passed_proof(session, person, ACTIVATION) is None
    with pytest.raises(DomainError, match="proof_spent"):
        spend_proof(proof)


@pytest.mark.parametrize("mood", ["slow", "dripping", "broken", "garbage", "forged", "list", "huge", "refusing"])
def test_a_provider_that_misbehaves_at_the_start_is_a_plain_sentence(app: Flask, provider: Provider, mood: str) -> None:
    session, person = make_session(), make_person()
    provider.mood = mood

    with pytest.raises(DomainError) as refused:
        start_face(session, person, ACTIVATION, BACK)

    assert refused.value.code == "face_unavailable"
    assert refused.value.status == 503
    assert "改用其他方式" in refused.value.next
    assert refused.value.region == "510603"
    assert len(provider.requests) <= 3


@pytest.mark.parametrize("mood", ["slow", "dripping", "broken", "garbage", "forged", "list", "huge", "refusing"])
def test_a_provider_that_misbehaves_at_the_end_may_be_asked_again(app: Flask, provider: Provider, mood: str) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "passed"
    provider.mood = mood

    first = finish_face(session, ACTIVATION, nonce_of(provider))
    provider.mood = "good"
    provider.release.set()
    second = finish_face(session, ACTIVATION, nonce_of(provider))

    assert first is FaceOutcome.unavailable
    assert second is FaceOutcome.passed


def test_two_errors_of_the_provider_are_bridged_by_repeating_the_same_check(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    provider.broken_times = 2

    start_face(session, person, ACTIVATION, BACK)

    assert provider.requests == [("POST", "/checks")] * 3
    assert len(provider.checks) == 1


def test_nobody_is_sent_to_a_page_that_is_not_the_providers(app: Flask, provider: Provider) -> None:
    provider.mood = "elsewhere"

    with pytest.raises(DomainError, match="face_unavailable"):
        start_face(make_session(), make_person(), ACTIVATION, BACK)


def test_a_provider_may_ask_for_a_capture_elsewhere(app: Flask, provider: Provider) -> None:
    provider.mood = "capture"

    handover = start_face(make_session(), make_person(), ACTIVATION, BACK)

    assert isinstance(handover, Capture)
    assert "应用" in handover.instructions


def test_a_check_without_a_verdict_is_pending_and_then_expires(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)

    pending = finish_face(session, ACTIVATION, nonce_of(provider))
    clock.move(timedelta(seconds=settings.face_valid_seconds + 1))
    late = finish_face(session, ACTIVATION, nonce_of(provider))

    assert pending is FaceOutcome.pending
    assert late is FaceOutcome.expired


def test_a_passed_check_goes_stale(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    provider.last().state = "passed"
    finish_face(session, ACTIVATION, nonce_of(provider))

    clock.move(timedelta(seconds=settings.face_valid_seconds + 1))

    assert find_passed_proof(session, person, ACTIVATION) is None


def test_after_five_failures_a_day_the_face_check_is_closed_until_the_next(app: Flask, provider: Provider) -> None:
    person = make_person()
    for _ in range(5):
        session = make_session()
        start_face(session, person, ACTIVATION, BACK)
        provider.last().state = "failed"
        finish_face(session, ACTIVATION, nonce_of(provider))

    with pytest.raises(DomainError) as refused:
        start_face(make_session(), person, ACTIVATION, BACK)
    clock.move(timedelta(days=1))
    handover = start_face(make_session(), person, ACTIVATION, BACK)

    assert (refused.value.code, refused.value.status) == ("face_limit", 429)
    assert "改用其他方式" in refused.value.next
    assert isinstance(handover, Redirect)


def test_a_failure_that_is_never_brought_back_counts_too(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    for _ in range(5):
        start_face(session, person, ACTIVATION, BACK)
        provider.last().state = "failed"

    with pytest.raises(DomainError, match="face_limit"):
        start_face(session, person, ACTIVATION, BACK)


def test_a_check_that_was_never_done_does_not_count(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()

    for _ in range(7):
        start_face(session, person, ACTIVATION, BACK)

    assert finish_face(session, ACTIVATION, nonce_of(provider)) is FaceOutcome.pending


def test_checks_begun_in_many_sessions_at_once_do_not_outrun_the_limit(app: Flask, provider: Provider) -> None:
    person = make_person()
    for _ in range(5):
        start_face(make_session(), person, ACTIVATION, BACK)

    with pytest.raises(DomainError, match="face_limit"):
        start_face(make_session(), person, ACTIVATION, BACK)


def test_forgotten_checks_are_closed_after_a_day(app: Flask, provider: Provider) -> None:
    session = make_session()
    start_face(session, make_person(), ACTIVATION, BACK)

    clock.move(timedelta(days=1, seconds=1))
    tidy_proofs()

    assert finish_face(session, ACTIVATION, nonce_of(provider)) is FaceOutcome.expired


def test_what_is_long_over_goes(app: Flask, provider: Provider) -> None:
    session, person = make_session(), make_person()
    start_face(session, person, ACTIVATION, BACK)
    issue_counter_code(person, "cli:test")

    clock.move(timedelta(days=settings.proof_keep_days + settings.counter_code_days, seconds=1))
    tidy_proofs()

    assert db.session.scalars(select(IdentityProof)).all() == []
    assert db.session.scalars(select(CounterCode)).all() == []


def test_without_a_key_the_adapter_asks_nobody(app: Flask, provider: Provider) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], face_check_key="")

    with pytest.raises(DomainError, match="face_unavailable"):
        start_face(make_session(), make_person(), ACTIVATION, BACK)

    assert provider.requests == []


def test_production_refuses_an_unsafe_way_to_the_provider(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for changes in ({"face_check_key": ""}, {"face_check_url": "http://provider.example"}):
        with subtests.test(changes=changes):
            values = {"face_check": "http", "face_check_url": "https://provider.example", "face_check_key": "k", **changes}
            settings = make_settings(database_url="sqlite://", instance_path=tmp_path, app_mode=Mode.production, **values)

            assert any("FACE_CHECK_URL" in problem for problem in settings.problems())


def test_nothing_of_a_face_is_stored(app: Flask) -> None:
    assert {c.name for c in IdentityProof.__table__.columns} == {
        "id",
        "session_id",
        "person_id",
        "purpose",
        "method",
        "state",
        "nonce_hash",
        "created_at",
        "provider",
        "reference",
        "decided_at",
    }
    assert ProofMethod.face.value == "face"
