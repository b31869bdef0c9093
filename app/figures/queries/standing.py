"""Counts of present states: small sets through an index, and once a day the large tables."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, text

from app.activation.models import ActivationDraft
from app.core import clock
from app.core.db import db
from app.credentials.models import Credential, UseDenial
from app.family.models import FamilyLink
from app.figures.models import Figure
from app.figures.periods import bounds_of
from app.figures.queries.counting import Tally
from app.reviews.models import CaseState, ReviewCase
from app.roster.models import InsuredPerson

_REGION = InsuredPerson.insured_region
_IS_REAL = InsuredPerson.is_specimen.is_(False)


def tally_now() -> Tally:
    """Counts, at this moment, waiting cases, frozen codes, open denials and activations not finished."""
    frozen = select(_REGION, func.count()).join(Credential, Credential.person_id == InsuredPerson.id)
    frozen = frozen.where(text("credential.status = 'frozen'"), _IS_REAL).group_by(_REGION)
    waiting = select(ReviewCase.region, func.count()).where(ReviewCase.state.in_((CaseState.waiting, CaseState.claimed)))
    waiting = waiting.group_by(ReviewCase.region)
    denials = select(_REGION, func.count()).select_from(UseDenial).join(Credential, Credential.id == UseDenial.credential_id)
    denials = denials.join(InsuredPerson, InsuredPerson.id == Credential.person_id)
    denials = denials.where(UseDenial.settled_at.is_(None)).group_by(_REGION)
    tally: Tally = Counter()
    for figure, query in (
        (Figure.frozen_now, frozen),
        (Figure.waiting, waiting),
        (Figure.late, waiting.where(ReviewCase.due_at < clock.now())),
        (Figure.denial_open, denials),
    ):
        for region, count in db.session.execute(query):
            tally[figure, region, ""] += count
    known = func.coalesce(_REGION, "")
    drafts = select(known, ActivationDraft.step, func.count()).select_from(ActivationDraft)
    drafts = drafts.outerjoin(InsuredPerson, InsuredPerson.id == ActivationDraft.person_id)
    drafts = drafts.where(ActivationDraft.expires_at > clock.now()).group_by(known, ActivationDraft.step)
    for code, step, count in db.session.execute(drafts):
        tally[Figure.draft_open, code, step.value] += count
    return tally


def tally_morning(day: date) -> Tally:
    """Counts the state when this day began. The only count that reads all persons and credentials, so it runs once a day."""
    since, _until = bounds_of(day)
    insured = select(_REGION, func.count()).where(_IS_REAL, text("insured_person.status IN ('1', '2')")).group_by(_REGION)
    living = select(_REGION, Credential.kind, func.count()).join(Credential, Credential.person_id == InsuredPerson.id)
    living = living.where(_IS_REAL, *_lived_at(since, Credential.activated_at, Credential.ended_at))
    links = select(_REGION, func.count()).join(FamilyLink, FamilyLink.member_person_id == InsuredPerson.id)
    links = links.where(*_lived_at(since, FamilyLink.began_at, FamilyLink.ended_at)).group_by(_REGION)
    tally: Tally = Counter()
    for region, count in db.session.execute(insured):
        tally[Figure.insured, region, ""] += count
    for region, kind, count in db.session.execute(living.group_by(_REGION, Credential.kind)):
        tally[Figure.living, region, kind.value] += count
    for region, count in db.session.execute(links):
        tally[Figure.links, region, ""] += count
    return tally


def _lived_at(moment: datetime, began: Any, ended: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return began < moment, or_(ended.is_(None), ended >= moment)
