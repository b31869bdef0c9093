"""The numbers of one day, read from the big tables by index ranges. No query here reads a whole table.

Rows of the log and the scans are found by id, which follows the machine's clock; their moments, by the rules' clock, decide.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select, text

from app.activation.audit_tags import ActivationTag
from app.core import clock
from app.core.audit.models import NOT_A_SCAN, AuditRow
from app.core.db import db
from app.core.ids import EPOCH_MS, first_id_at
from app.core.settings import settings
from app.credentials.audit_tags import CredentialTag
from app.family.audit_tags import FamilyTag
from app.figures import review_times
from app.figures.models import Figure
from app.figures.periods import bounds_of
from app.institutions.models import Institution
from app.reviews.models import ReviewCase, ReviewStep, StepVerb
from app.reviews.queries import working_hours
from app.roster.models import InsuredPerson
from app.scanning.audit_tags import ScanTag
from app.scanning.models import Scan
from app.scanning.reasons import BY_NAME

Tally = Counter[tuple[Figure, str, str]]  # (figure, region, key)

_SLACK_SECONDS = 600  # fixed: between drawing an id and writing the moment; also what a corrected clock may be off by
_CHUNK = 500
_ASKED = "challenge_required"  # a request for two digits, which is not a refusal
_NOT_REFUSED = ("ok", "repeated")

_STEPS = {
    ActivationTag.started: "started",
    ActivationTag.person_found: "found",
    ActivationTag.consented: "consented",
    ActivationTag.proved: "proved",
    ActivationTag.completed: "completed",
}
_ACTS = {
    CredentialTag.activated: (Figure.activated, "own"),
    CredentialTag.taken_over: (Figure.taken_over, ""),
    CredentialTag.ended: (Figure.ended, ""),
    CredentialTag.frozen: (Figure.frozen, ""),
    CredentialTag.unfrozen: (Figure.unfrozen, ""),
    CredentialTag.use_denied: (Figure.denied, ""),
    CredentialTag.denial_settled: (Figure.denial_settled, ""),
    FamilyTag.link_made: (Figure.link_made, ""),
    FamilyTag.link_ended: (Figure.link_ended, ""),
}
_ACTS_BY_TAG = {tag.value: counted for tag, counted in _ACTS.items()}
_BY_OUTCOME = {
    ActivationTag.refused: Figure.step_refused,
    ActivationTag.discarded: Figure.gave_up,
    ActivationTag.expired: Figure.gave_up,
}

_CASES = select(ReviewCase.id, ReviewCase.region, ReviewCase.opened_at, ReviewCase.needs_second)
_STEPS_OF_CASES = select(ReviewStep.case_id, ReviewStep.verb, ReviewStep.taken_at, ReviewStep.settled_at, ReviewStep.undone_at)


def first_day_of_log() -> date | None:
    """The day of the oldest row of the log; None if the log is empty."""
    oldest = db.session.scalar(select(AuditRow.created_at).order_by(AuditRow.id).limit(1))
    return clock.local(oldest).date() if oldest is not None else None


def tally_day(day: date, calls: Mapping[str, str]) -> Tally:
    """Counts all that happened on this day in China. calls: tags of the hotline and the keys they are counted under."""
    since, until = bounds_of(day)
    tally: Tally = Counter()
    for rows in (_acts(since, until, calls), _scans(since, until), _refusals(since, until), _decisions(since, until)):
        for figure, region, key, count in rows:
            tally[figure, region, key[:32]] += count
    return tally


def _acts(since: datetime, until: datetime, calls: Mapping[str, str]) -> Iterator[tuple[Figure, str, str, int]]:
    """Acts from the log; each tag is a range of the index over tags. A person counts once a day for each step."""
    tags = [*(tag.value for tag in (*_STEPS, *_ACTS, *_BY_OUTCOME)), *calls]
    region = func.coalesce(InsuredPerson.insured_region, "")
    is_held = case((AuditRow.detail.like('%"kind": "held"%'), 1), else_=0)
    someone = func.coalesce(cast(AuditRow.person_id, String(24)), AuditRow.subject)
    query = (
        select(AuditRow.tag, AuditRow.outcome, region, is_held, func.count(), func.count(someone.distinct()))
        .select_from(AuditRow)
        .outerjoin(InsuredPerson, InsuredPerson.id == AuditRow.person_id)
        .where(
            text(NOT_A_SCAN),
            AuditRow.tag.in_(tags),
            *_span(AuditRow, since, until),
            func.coalesce(InsuredPerson.is_specimen, False).is_(False),
        )
        .group_by(AuditRow.tag, AuditRow.outcome, region, is_held)
    )
    for tag, outcome, code, held, count, persons in db.session.execute(query):
        if tag in calls:
            yield Figure.call, code, calls[tag], count
        elif tag in _STEPS:
            yield Figure.step, code, _STEPS[ActivationTag(tag)], persons
        elif tag in _BY_OUTCOME:
            yield _BY_OUTCOME[ActivationTag(tag)], code, outcome, count
        else:
            figure, key = _ACTS_BY_TAG[tag]
            yield figure, code, "held" if held and figure is Figure.activated else key, count


def _scans(since: datetime, until: datetime) -> Iterator[tuple[Figure, str, str, int]]:
    """Accepted scans by institution and by business type, in the institution's region."""
    query = (
        select(Institution.region_code, Scan.institution_id, Scan.business_type, func.count())
        .join(Institution, Institution.id == Scan.institution_id)
        .where(*_span(Scan, since, until), Scan.outcome == 0, Institution.is_sandbox.is_(False))
        .group_by(Institution.region_code, Scan.institution_id, Scan.business_type)
    )
    for region, institution, scene, count in db.session.execute(query):
        yield Figure.scan, region, str(institution), count
        yield Figure.scene, region, scene, count


def _refusals(since: datetime, until: datetime) -> Iterator[tuple[Figure, str, str, int]]:
    """Refusals from the log, because an unknown code or a wrong key leaves no row in the scans."""
    actor, outcome = AuditRow.actor, AuditRow.outcome
    in_scans = (
        select(actor, outcome, func.count())
        .where(AuditRow.tag == ScanTag.scanned.value, outcome.not_in(_NOT_REFUSED), *_span(AuditRow, since, until))
        .group_by(actor, outcome)
    )
    of_calls = (
        select(actor, outcome, func.count())
        .where(text(NOT_A_SCAN), AuditRow.tag == ScanTag.call_refused.value, *_span(AuditRow, since, until))
        .group_by(actor, outcome)
    )
    found = [*db.session.execute(in_scans), *db.session.execute(of_calls)]
    regions = _regions_of({key for who, _, _ in found if (key := Institution.key_in(who)) is not None})
    for who, name, count in found:
        institution = Institution.key_in(who) or 0
        region = regions.get(institution, "")
        if name not in BY_NAME or region is None:
            continue
        yield Figure.refusal, region, str(BY_NAME[name].code), count
        if name != _ASKED:
            yield Figure.scan_refused, region, str(institution), count


def _regions_of(institutions: Collection[int]) -> dict[int, str | None]:
    """Maps institutions to their regions; a sandbox maps to None, because its calls are not counted."""
    found: dict[int, str | None] = {}
    for some in _chunks(sorted(institutions)):
        rows = db.session.execute(
            select(Institution.id, Institution.region_code, Institution.is_sandbox).where(Institution.id.in_(some))
        )
        found |= {number: None if is_sandbox else region for number, region, is_sandbox in rows}
    return found


def _decisions(since: datetime, until: datetime) -> Iterator[tuple[Figure, str, str, int]]:
    verbs = (StepVerb.approve, StepVerb.give_back, StepVerb.reject)
    settled = select(ReviewStep.case_id).where(ReviewStep.settled_at >= since, ReviewStep.settled_at < until)
    cases = sorted(set(db.session.scalars(settled.where(ReviewStep.verb.in_(verbs)))))
    hours = working_hours()
    promised = settings.review_promise_hours * 60
    for some in _chunks(cases):
        steps: dict[int, list[Any]] = {}
        for step in db.session.execute(_STEPS_OF_CASES.where(ReviewStep.case_id.in_(some)).order_by(ReviewStep.id)):
            steps.setdefault(step.case_id, []).append(step)
        for case_ in db.session.execute(_CASES.where(ReviewCase.id.in_(some))):
            for found in review_times.decisions_of(case_.opened_at, case_.needs_second, steps[case_.id], hours):
                if since <= found.settled_at < until:
                    yield from _count_decision(case_.region, found, promised)


def _count_decision(region: str, found: review_times.Decision, promised: int) -> Iterator[tuple[Figure, str, str, int]]:
    yield Figure.decided, region, found.outcome, 1
    if found.minutes is not None:
        yield Figure.working_time, region, review_times.spread_key(found.outcome, found.minutes), 1
        if found.minutes <= promised:
            yield Figure.in_time, region, found.outcome, 1


def _span(table: Any, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for a span: ids find the rows, moments decide. Tests and a demo move the rules' clock ahead of the machine's."""
    ahead = clock.timestamp() - time.time()
    low = max(since.timestamp() - max(0.0, ahead) - _SLACK_SECONDS, EPOCH_MS / 1000)
    high = until.timestamp() + max(0.0, -ahead) + _SLACK_SECONDS
    return (
        table.id >= first_id_at(low),
        table.id < first_id_at(high),
        table.created_at >= since,
        table.created_at < until,
    )


def _chunks(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
