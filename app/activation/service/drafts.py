"""The activation under way: what was typed, which person it matches, what was agreed to. One per browser, for thirty days."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, inspect, select, update

from app.accounts.models import Account, Device, Notice
from app.activation.audit_tags import ActivationTag
from app.activation.models import ActivationDraft, DraftStep
from app.activation.policy import check_region, find_refusal, not_found
from app.activation.queries import DRAFT_PURPOSE, draft_binding, find_draft
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction, upsert
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won, write
from app.roster.identity import Cert, is_same_name
from app.roster.models import InsuredPerson
from app.roster.queries import find_person

_AT_ONCE = 500


@transaction()
def save_typed(device: Device, typed: dict[str, str]) -> ActivationDraft:
    """Keeps what was typed, encrypted, so that nothing is lost; the draft goes back to its first step."""
    draft = _own_draft(device)
    plain = json.dumps(typed, ensure_ascii=False).encode()
    draft.typed_encrypted = vault.encrypt(DRAFT_PURPOSE, plain, bound_to=draft_binding(device.id))
    draft.step, draft.person_id, draft.consented_notices = DraftStep.person, None, ""
    db.session.flush()
    return draft


def identify_person(account: Account, draft: ActivationDraft, name: str, cert: Cert, region: str) -> InsuredPerson | DomainError:
    """Finds the person whom name and number match and takes the draft to its second step; or says why not, which is audited.

    name: cleaned. region: the 参保地 chosen, or empty; it is looked at only once name and number match.
    """
    with transaction():
        draft = reload_draft(draft)
        person = find_person(cert.cert_type, cert.number)
        if person is None or person.is_specimen or not is_same_name(person.name, name):
            return record_refusal(account, not_found(region), None)
        refusal = find_refusal(person, account, draft) or check_region(person, region)
        if refusal is not None:
            return record_refusal(account, refusal, person)
        write(
            update(ActivationDraft)
            .where(ActivationDraft.id == draft.id)
            .values(person_id=person.id, step=DraftStep.consent, consented_notices="")
        )
        _record(ActivationTag.person_found, draft, person_id=person.id)
        return person


@transaction()
def record_refusal(account: Account, refusal: DomainError, person: InsuredPerson | None) -> DomainError:
    """A refusal in the wizard is returned, not raised, so that its audit row is committed."""
    audit.record(
        ActivationTag.refused,
        actor=account.actor,
        person_id=person.id if person else None,
        outcome=refusal.code,
    )
    return refusal


@transaction()
def agree(draft: ActivationDraft, notices: Iterable[Notice]) -> None:
    """Keeps which boxes were ticked; they enter the consent ledger when the activation is completed."""
    draft = reload_draft(draft)
    ids = ",".join(str(notice.id) for notice in notices)
    write(
        update(ActivationDraft)
        .where(ActivationDraft.id == draft.id, ActivationDraft.person_id.is_not(None))
        .values(consented_notices=ids, step=DraftStep.proof)
    )
    _record(ActivationTag.consented, draft, person_id=draft.person_id, notices=ids)


@transaction()
def note_proof(draft: ActivationDraft) -> None:
    """The person has proved who they are; the proof itself is looked up again at the end."""
    draft = reload_draft(draft)
    if won(
        update(ActivationDraft)
        .where(ActivationDraft.id == draft.id, ActivationDraft.step == DraftStep.proof)
        .values(step=DraftStep.pin)
    ):
        _record(ActivationTag.proved, draft, person_id=draft.person_id)


@transaction()
def begin_takeover(account: Account, device: Device) -> None:
    """这个号码是新办的: an activation by somebody else than the account's person. The number stays where it is until the end."""
    draft = _own_draft(device)
    draft.takes_over_phone_hash = account.phone_hash
    draft.step, draft.person_id, draft.consented_notices, draft.typed_encrypted = DraftStep.person, None, "", b""
    _record(ActivationTag.takeover_begun, draft)


@transaction()
def discard_draft(draft: ActivationDraft) -> None:
    draft = reload_draft(draft)
    write(delete(ActivationDraft).where(ActivationDraft.id == draft.id))
    _record_left(ActivationTag.discarded, draft, Account.actor_of(draft.account_id))


def expire_drafts() -> int:
    """Deletes drafts that nobody continued for thirty days, and records the step each was left at. Returns how many."""
    expired = 0
    while count := _expire_some():
        expired += count
    return expired


@transaction()
def _expire_some() -> int:
    expired = select(ActivationDraft).where(ActivationDraft.expires_at <= clock.now()).limit(_AT_ONCE)
    due = list(db.session.scalars(expired.with_for_update(skip_locked=True)))
    for draft in due:
        _record_left(ActivationTag.expired, draft, "system")
        db.session.delete(draft)
    return len(due)


def reload_draft(draft: ActivationDraft) -> ActivationDraft:
    """The draft as it is inside this transaction. Raises DomainError `draft_gone` when a parallel request was faster."""
    found = db.session.get(ActivationDraft, inspect(draft).identity)
    if found is None:
        raise draft_gone()
    return found


def draft_gone() -> DomainError:
    return DomainError(
        "draft_gone",
        _("这次激活已经提交过，或者重新开始了。"),
        _("请回到首页，看看医保码是否已经激活；没有的话，请重新开始。"),
        status=409,
    )


def _own_draft(device: Device) -> ActivationDraft:
    """This browser's draft; two parallel first posts get the same row."""
    draft = find_draft(device)
    if draft is not None:
        return draft
    now = clock.now()
    db.session.execute(delete(ActivationDraft).where(ActivationDraft.device_id == device.id, ActivationDraft.expires_at <= now))
    begun = db.session.scalar(
        upsert(ActivationDraft)
        .values(
            device_id=device.id,
            account_id=device.account_id,
            step=DraftStep.person,
            created_at=now,
            expires_at=now + timedelta(days=settings.draft_days),
            typed_encrypted=b"",
            consented_notices="",
        )
        .on_conflict_do_nothing()
        .returning(ActivationDraft.id)
    )
    if begun is not None:
        audit.record(ActivationTag.started, actor=Account.actor_of(device.account_id), subject=device.subject)
    return db.session.scalars(select(ActivationDraft).where(ActivationDraft.device_id == device.id)).one()


def _record_left(tag: ActivationTag, draft: ActivationDraft, actor: str) -> None:
    """The figures on where people give up are counted from these rows."""
    audit.record(tag, actor=actor, subject=Device.subject_of(draft.device_id), person_id=draft.person_id, outcome=draft.step.value)


def _record(tag: ActivationTag, draft: ActivationDraft, *, person_id: int | None = None, notices: str = "") -> None:
    detail: dict[str, Any] = {"notices": notices} if notices else {}
    actor, subject = Account.actor_of(draft.account_id), Device.subject_of(draft.device_id)
    audit.record(tag, actor=actor, subject=subject, person_id=person_id, **detail)
