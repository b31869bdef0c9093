"""The last step: everything an activation consists of happens in one transaction, or not at all."""

from flask_babel import gettext as _
from sqlalchemy import delete

from app.accounts.models import LoginSession
from app.accounts.queries import phone_hashes, phone_of
from app.accounts.service import bind_device, give_account_to_person, record_consent, take_over_phone
from app.activation.audit_tags import ActivationTag
from app.activation.models import ActivationDraft, DraftStep
from app.activation.policy import find_refusal
from app.activation.queries import list_consented
from app.activation.service.drafts import draft_gone, reload_draft
from app.core import audit
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.statements import won
from app.credentials.models import Credential
from app.credentials.service import Opened, activate_credential, set_display_pin, take_over_credential, unlock_code
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof
from app.roster.models import InsuredPerson
from app.roster.queries import get_person


@transaction()
def complete_activation(
    session: LoginSession,
    draft: ActivationDraft,
    proof: IdentityProof,
    pin_hash: str,
    *,
    holds: str | None = None,
    wants_key: bool = False,
) -> tuple[Credential, Opened]:
    """Proof spent, consents written, account given, device bound, credential activated, PIN set, code unlocked.

    pin_hash: computed before, outside the transaction. Raises DomainError when a parallel request was faster or this person may not
    activate (any more).
    """
    draft = reload_draft(draft)
    notices = list_consented(draft)
    person = _use_up(draft, proof)
    refusal = find_refusal(person, session.account, draft)
    if refusal is not None:
        raise refusal
    spend_proof(proof)
    if draft.takes_over_phone:
        _take_over(session, draft)
    account = session.account
    give_account_to_person(account, person)
    bind_device(session.device)
    record_consent(account.id, person.id, notices)
    by = account.actor
    credential = take_over_credential(person.id, by) or activate_credential(person.id, by=by)
    set_display_pin(account.id, pin_hash)
    _record(session, draft, proof, credential)
    return credential, unlock_code(session, credential, holds=holds, wants_key=wants_key)


def _use_up(draft: ActivationDraft, proof: IdentityProof) -> InsuredPerson:
    """Deletes the draft, so that only one request completes it; a duplicate or a replay no longer finds it."""
    person_id = draft.person_id
    if person_id is None or not won(
        delete(ActivationDraft).where(
            ActivationDraft.id == draft.id,
            ActivationDraft.step == DraftStep.pin,
            ActivationDraft.person_id == proof.person_id,
        )
    ):
        raise draft_gone()
    return get_person(person_id)


def _record(session: LoginSession, draft: ActivationDraft, proof: IdentityProof, credential: Credential) -> None:
    audit.record(
        ActivationTag.completed,
        actor=session.account.actor,
        subject=credential.subject,
        person_id=credential.person_id,
        proof=proof.id,
        method=proof.method.value,
        device=session.device_id,
        took_over_phone=draft.takes_over_phone,
    )


def _take_over(session: LoginSession, draft: ActivationDraft) -> None:
    """Takes over only the number that the SMS was sent to: its old owner may have changed numbers meanwhile."""
    phone = phone_of(session.account)
    if not phone or draft.takes_over_phone_hash not in phone_hashes(phone):
        raise DomainError("phone_gone", _("这个手机号的登记刚刚变过。"), _("请退出登录，用短信验证码重新登录后再来。"), status=409)
    take_over_phone(session)
