"""The verbs of passkeys: challenge, add, unlock with, remove. The only writer of their tables."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.accounts.models import Account, Device, LoginSession
from app.accounts.queries import phone_of
from app.accounts.service import IdentityEventKind, announce
from app.core import audit, clock
from app.core.crypto import vault
from app.core.database.after_restore import Ends
from app.core.db import db, transaction, upsert
from app.core.display import masked_phone
from app.core.errors import DomainError
from app.core.installation import bureau_name
from app.core.statements import changed, won
from app.core.webauthn.challenges import new_challenge, spend_challenge
from app.core.webauthn.keys import is_signed, keep_key, key_id_of
from app.core.webauthn.options import options_to_make, options_to_sign, own_reader
from app.core.webauthn.site import Site
from app.credentials.service import unlock_without_pin
from app.messages.service import post_message
from app.passkeys.audit_tags import PasskeyTag
from app.passkeys.models import ChallengePurpose, Passkey, PasskeyChallenge, PasskeyOffer
from app.passkeys.queries import find_passkey, get_passkey, list_passkeys


@transaction()
def begin_adding(session: LoginSession, site: Site) -> str:
    """Options for `navigator.credentials.create` as JSON. Call it only after a correct display PIN."""
    account = session.account
    return options_to_make(
        site,
        new_challenge(PasskeyChallenge, session.id, ChallengePurpose.adding),
        list_passkeys(account.id),
        own_reader(),
        bureau=bureau_name(),
        user_id=vault.keyed_hash("passkey-user", str(account.id)),
        user_name=masked_phone(phone_of(account)) if account.phone_hash else _("医保码"),
    )


@transaction()
def add_passkey(session: LoginSession, answer: str, site: Site) -> Passkey:
    """answer: what the authenticator made, as JSON. Raises DomainError `passkey_refused`."""
    challenge = spend_challenge(PasskeyChallenge, session.id, ChallengePurpose.adding)
    passkey = keep_key(Passkey, answer, challenge, site, account_id=session.account_id, device_id=session.device_id)
    if passkey is None:
        raise DomainError("passkey_refused", _("这次没有开启成功。"), _("请再试一次。展码密码照样能用。"), status=422)
    answer_offer(session.device)
    audit.record(
        PasskeyTag.added,
        actor=Account.actor_of(session.account_id),
        subject=passkey.subject,
        person_id=session.account.person_id,
        device=session.device_id,
    )
    announce(IdentityEventKind.passkey_added, session.account)
    post_message(
        session.account_id,
        _("开启了指纹或面容打开"),
        _(
            "“%(device)s”现在可以用指纹或面容打开医保码。不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。",
            device=session.device.name,
        ),
    )
    return passkey


@transaction()
def begin_unlocking(session: LoginSession, site: Site) -> str:
    """Options for `navigator.credentials.get` as JSON."""
    challenge = new_challenge(PasskeyChallenge, session.id, ChallengePurpose.unlocking)
    return options_to_sign(site, challenge, list_passkeys(session.account_id))


@transaction()
def unlock_by_passkey(session: LoginSession, answer: str, site: Site) -> bool:
    """Unlocks the code in this session. A refusal is returned, not raised, so that challenge and audit row stay written."""
    challenge = spend_challenge(PasskeyChallenge, session.id, ChallengePurpose.unlocking)
    passkey = find_passkey(session.account_id, key_id_of(answer))
    if not is_signed(passkey, answer, challenge, site):
        subject = passkey.subject if passkey is not None else ""
        audit.record(PasskeyTag.refused, actor=Account.actor_of(session.account_id), subject=subject, outcome="refused")
        return False
    unlock_without_pin(session, "passkey")
    return True


@transaction()
def remove_passkey(account: Account, passkey_id: int) -> None:
    """Raises NotFound for another account's, and for one that is gone already."""
    _remove(get_passkey(account.id, passkey_id), account.actor)


@transaction()
def remove_passkeys_of_device(device_id: int, _reason: str) -> None:
    """When a device is removed or lost, its passkeys are removed too."""
    for passkey in db.session.scalars(select(Passkey).where(Passkey.device_id == device_id)).all():
        _remove(passkey, Device.actor_of(device_id))
    db.session.execute(delete(PasskeyOffer).where(PasskeyOffer.device_id == device_id))


@transaction()
def note_unlock(session: LoginSession) -> None:
    """Counts that the PIN was typed on this device; after a few times a passkey is offered."""
    db.session.execute(
        upsert(PasskeyOffer)
        .values(device_id=session.device_id, unlocks=1)
        .on_conflict_do_update(index_elements=["device_id"], set_={"unlocks": PasskeyOffer.unlocks + 1})
    )


@transaction()
def answer_offer(device: Device) -> None:
    """Whether the answer was yes or no, the offer is not made again on this device."""
    now = clock.now()
    db.session.execute(
        upsert(PasskeyOffer)
        .values(device_id=device.id, unlocks=0, answered_at=now)
        .on_conflict_do_update(index_elements=["device_id"], set_={"answered_at": now})
    )


@transaction()
def end_what_was_open() -> Ends:
    """After a restore: challenges from before can no longer be answered."""
    asked = changed(delete(PasskeyChallenge))
    return Ends({"questions to passkeys": asked})


def _remove(passkey: Passkey, by: str) -> None:
    if won(delete(Passkey).where(Passkey.id == passkey.id)):
        audit.record(PasskeyTag.removed, actor=by, subject=passkey.subject)
