"""A key takes two: a system administrator asks, a security administrator approves, and the one who asked takes it, once.

The secret is made at the moment it is taken, so before that there is nothing to leak (domain 5, four eyes for keys).
"""

import json
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import ApiKey, Institution, KeyGrant
from app.institutions.queries import list_live_keys
from app.institutions.service.keys import check_room, end_key, issue_key
from app.staff.models import Approval, StaffMember
from app.staff.rights import Right
from app.staff.service import ask_approval

KIND = "institution_key"
KEEP_OLD = -1  # stands for no end: the old key stays valid


@transaction()
def ask_key(institution: Institution, *, overlap_days: int, by: StaffMember) -> Approval:
    """overlap_days: how long the current key stays valid once the new one was taken; KEEP_OLD leaves it alone.

    Raises DomainError `two_keys`, `overlap_unfit` and those of asking.
    """
    longest = settings.key_overlap_days
    if overlap_days != KEEP_OLD and not 1 <= overlap_days <= longest:
        raise DomainError("overlap_unfit", _("旧密钥可以再用 1 到 %(days)d 天。", days=longest), field="overlap_days")
    check_room(institution.id)
    return ask_approval(
        KIND,
        institution.subject,
        by=by,
        right=Right.approve_keys,
        region="" if institution.region_code.endswith("00") else institution.region_code,  # a city's own code is no member's region
        institution=institution.id,
        overlap_days=overlap_days,
    )


def grant_key(approval: Approval) -> None:
    """Runs in the transaction in which the approval takes effect."""
    detail = json.loads(approval.detail)
    now = clock.now()
    check_room(detail["institution"])
    grant = KeyGrant(
        approval_id=approval.id,
        institution_id=detail["institution"],
        asked_by=approval.asked_by,
        approved_by=StaffMember.actor_of(approval.decided_by) if approval.decided_by else "system",
        overlap_days=detail["overlap_days"],
        created_at=now,
        expires_at=now + timedelta(days=settings.key_grant_days),
    )
    db.session.add(grant)
    db.session.flush()
    audit.record(
        InstitutionTag.key_granted,
        actor=grant.approved_by,
        subject=Institution.subject_of(grant.institution_id),
        grant=grant.id,
        approval=approval.id,
    )


def describe_key_request(approval: Approval) -> str:
    detail = json.loads(approval.detail)
    institution = db.session.get_one(Institution, detail["institution"])
    what = _("给%(name)s（%(code)s）发一个接口密钥。", name=institution.name, code=institution.fixmedins_code)
    if detail["overlap_days"] == KEEP_OLD:
        return str(what)
    return str(what + _("新密钥领取后，旧密钥再用 %(days)d 天。", days=detail["overlap_days"]))


@transaction()
def claim_key(grant: KeyGrant, *, by: StaffMember) -> tuple[ApiKey, str]:
    """The new key and, only this once, its full text. Raises DomainError `grant_taken` and `two_keys`."""
    now = clock.now()
    if not won(
        update(KeyGrant)
        .where(KeyGrant.id == grant.id, KeyGrant.asked_by == by.id, KeyGrant.claimed_at.is_(None), KeyGrant.expires_at > now)
        .values(claimed_at=now)
    ):
        raise DomainError(
            "grant_taken", _("这个密钥已经领取过，或者过了领取的期限。"), _("没有存下来的话，请停用它，再重新申请。"), status=409
        )
    institution = db.session.get_one(Institution, grant.institution_id)
    older = [key.id for key in list_live_keys(institution.id)]
    secret = issue_key(institution.fixmedins_code, by.actor, approved_by=grant.approved_by)
    key = db.session.get_one(ApiKey, int(secret.split("_")[1]))
    db.session.execute(update(KeyGrant).where(KeyGrant.id == grant.id).values(key_id=key.id))
    for key_id in older if grant.overlap_days != KEEP_OLD else []:
        _let_go(institution, key_id, grant.overlap_days, by)
    return key, secret


def _let_go(institution: Institution, key_id: int, days: int, by: StaffMember) -> None:
    """The older key stays valid for this many days, or for less if an earlier end was set before."""
    try:
        end_key(institution.fixmedins_code, key_id, clock.now() + timedelta(days=days), by.actor)
    except DomainError as refusal:
        if refusal.code != "key_end_later":
            raise
