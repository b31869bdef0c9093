"""Members of the bureau and operators of institutions who cannot sign in at present because of wrong guesses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.audit.named import Named
from app.core.db import db
from app.core.guesses import GuessCounter, list_locked
from app.institutions.models import Operator
from app.staff.models import StaffMember


@dataclass(frozen=True)
class LockedSignIn:
    """subject: their name in the audit log. of: the agency or institution. is_at_factor: locked at the second factor."""

    subject: str
    name: str
    of: str
    until: datetime
    is_at_factor: bool


def list_locked_sign_ins(agency_ids: Collection[int]) -> list[LockedSignIn]:
    """Members of these agencies first, then all operators; each person once, with the longest of their locks."""
    members = _locked(StaffMember)
    found = db.session.scalars(
        select(StaffMember)
        .where(StaffMember.id.in_(members), StaffMember.agency_id.in_(agency_ids))
        .options(joinedload(StaffMember.agency, innerjoin=True))
    )
    operators = _locked(Operator)
    others = db.session.scalars(
        select(Operator).where(Operator.id.in_(operators)).options(joinedload(Operator.institution, innerjoin=True))
    )
    return [_told(member.actor, member.name, member.agency.name, members[member.id]) for member in found] + [
        _told(operator.actor, operator.name, operator.institution.name, operators[operator.id]) for operator in others
    ]


def _locked(model: type[Named]) -> dict[int, GuessCounter]:
    found: dict[int, GuessCounter] = {}
    for counter in list_locked(model.subject_of("")):
        key = model.key_in(counter.subject)
        if key is not None:
            found.setdefault(key, counter)
    return found


def _told(subject: str, name: str, of: str, counter: GuessCounter) -> LockedSignIn:
    if counter.locked_until is None:
        raise ValueError("a counter that is not locked")
    return LockedSignIn(subject, name, of, counter.locked_until, counter.kind.endswith("_factor"))
