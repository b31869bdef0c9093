"""Disputed custody: while it lasts, two reviewers decide about adding this child."""

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import CustodyFlag, FamilyLink, LinkState
from app.family.policy import AgePolicy
from app.family.service import notifications
from app.roster.models import InsuredPerson


@transaction()
def flag_custody(person_id: int, *, by: str) -> bool:
    """by: `staff:3`, or `account:12` of a holder who objects. False when it was already flagged."""
    try:
        with db.session.begin_nested():
            db.session.add(CustodyFlag(person_id=person_id, set_by=by, set_at=clock.now()))
            db.session.flush()
    except IntegrityError:
        return False
    audit.record(FamilyTag.custody_disputed, actor=by, subject=InsuredPerson.subject_of(person_id), person_id=person_id)
    return True


@transaction()
def lift_custody_flag(person_id: int, *, by: str) -> bool:
    """Only staff may do this. False when it was not flagged."""
    if not won(
        update(CustodyFlag)
        .where(CustodyFlag.person_id == person_id, CustodyFlag.lifted_at.is_(None))
        .values(lifted_at=clock.now(), lifted_by=by)
    ):
        return False
    audit.record(FamilyTag.custody_settled, actor=by, subject=InsuredPerson.subject_of(person_id), person_id=person_id)
    return True


@transaction()
def object_to_others(link: FamilyLink, *, by: str) -> bool:
    """A holder of a child's code objects to another holder's link. Raises DomainError `nothing_to_dispute`."""
    is_child = AgePolicy.of(settings).is_child(link.member.birthday, clock.today())
    if link.state is not LinkState.active or not is_child or queries.count_links_of_member(link.member_person_id) < 2:
        raise DomainError("nothing_to_dispute", _("这里没有可以提异议的绑定。"), _("有疑问请拨打医保热线。"), status=409)
    is_new = flag_custody(link.member_person_id, by=by)
    if is_new:
        for each in queries.list_links_of_member(link.member_person_id):
            notifications.tell_objection(each)
    return is_new
