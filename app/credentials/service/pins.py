"""The display PIN: chosen by the person, kept as a peppered Argon2id hash, locked after five wrong guesses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import Account, Device
from app.accounts.service import IdentityEventKind, announce
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.guesses import one_more
from app.core.settings import settings
from app.core.slow_hash import hash_place, is_outdated, slow_hash, slow_hash_matches
from app.core.statements import won, write
from app.credentials.audit_tags import CredentialTag
from app.credentials.display_pin import InvalidPin, parse_pin, weakness
from app.credentials.models import DisplayPin, EndReason
from app.credentials.service.pin_misses import note_miss, note_right
from app.credentials.service.presentations import end_presentations_of_account
from app.messages.service import post_message
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of, get_person

_PEPPER = "display-pin"


@dataclass(frozen=True)
class PinResult:
    """ok: the PIN was right. locked_until: no guess is accepted before then. guesses_left: before it locks. is_over: this device is
    no longer trusted. unread: the sentence for input that is no PIN at all and did not count as a guess."""

    ok: bool
    locked_until: datetime | None = None
    guesses_left: int = 0
    is_over: bool = False
    unread: str = ""


def hash_display_pin(pin: str) -> str:
    """Slow, so never inside a transaction."""
    return slow_hash(pin, vault.subkey(_PEPPER))


def check_pin_choice(pin: str, person: InsuredPerson) -> str | None:
    """The sentence that refuses this choice, or None."""
    return weakness(pin, person.birthday, cert_no_of(person))


@transaction()
def set_display_pin(account_id: int, pin_hash: str) -> None:
    """A new PIN clears the count of wrong guesses."""
    known = db.session.get(DisplayPin, account_id)
    if known is None:
        db.session.add(DisplayPin(account_id=account_id, pin_hash=pin_hash, set_at=clock.now()))
    else:
        known.pin_hash, known.set_at, known.failures, known.locked_until = pin_hash, clock.now(), 0, None
    db.session.flush()
    audit.record(CredentialTag.pin_set, actor=Account.actor_of(account_id), subject=Account.subject_of(account_id))


def change_display_pin(device: Device, old: str, new: str) -> PinResult:
    """Sets another PIN for a person who knows the old one, on this device; a wrong old PIN is a result and counts as a guess.

    The account's keys on its devices are wrapped with the old PIN, so all their presentations end, and the next unlock makes new
    handles and keys. No key is wrapped again: copies from before and after would together reveal the key and both PINs (ADR 10).
    Raises DomainError `pin_weak` for a choice that is refused.
    """
    account = device.account
    person = get_person(account.person_id) if account.person_id is not None else None
    refusal = check_pin_choice(new, person) if person is not None else None
    if refusal is not None:
        raise DomainError("pin_weak", refusal, _("请换一个六位数字。"), field="pin")
    result = try_display_pin(device, old)
    if not result.ok:
        return result
    pin_hash = hash_display_pin(new)
    with transaction():
        set_display_pin(account.id, pin_hash)
        end_presentations_of_account(account.id, EndReason.replaced)
        actor = account.actor
        audit.record(CredentialTag.pin_changed, actor=actor, subject=actor, person_id=account.person_id)
        announce(IdentityEventKind.pin_changed, account)
        post_message(
            account.id,
            _("展码密码已更改"),
            _("您的展码密码刚刚改过。不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。"),
        )
    return result


def try_display_pin(device: Device, pin: str) -> PinResult:
    """Checks the PIN of the account whose device this is. Counts the guess before it compares, so that parallel guesses get no more
    tries than guesses one after another.

    pin: as it was typed; an empty field, or anything else that is not six digits, is no guess. Raises DomainError `pin_missing`
    when the account has none, `busy` when too many PINs are being hashed, `pin_guessed` when this was the last wrong one that this
    device was allowed.
    """
    try:
        pin = parse_pin(pin)
    except InvalidPin as invalid:
        return PinResult(ok=False, unread=str(invalid))
    with hash_place():
        result, outdated = _guess(device, pin)
        if outdated:
            _keep_anew(device.account_id, outdated, hash_display_pin(pin))
    if result.is_over:
        what = _("这台设备上连续输错展码密码太多次，不能再打开您的账号。")
        raise DomainError("pin_guessed", what, _("要继续用，请重新登录并核验身份。"), status=403)
    return result


def _guess(device: Device, pin: str) -> tuple[PinResult, str]:
    """The result, and the outdated hash that is to be replaced, or an empty string. One guess is counted, however often the hash
    is renewed, or another PIN set, while it is compared."""
    account_id = device.account_id
    known_hash = _find_hash(account_id)
    if not _take_guess(account_id):
        locked_until = db.session.scalar(select(DisplayPin.locked_until).where(DisplayPin.account_id == account_id))
        return PinResult(ok=False, locked_until=locked_until), ""
    while True:
        matches = slow_hash_matches(known_hash, pin, vault.subkey(_PEPPER))
        result = _settle_guess(device, known_hash, matches=matches)
        if result.ok or not matches:
            return result, known_hash if result.ok and is_outdated(known_hash) else ""
        known_hash = _find_hash(account_id)


def _find_hash(account_id: int) -> str:
    known_hash = db.session.scalar(select(DisplayPin.pin_hash).where(DisplayPin.account_id == account_id))
    if known_hash is None:
        raise DomainError("pin_missing", _("您还没有展码密码。"), _("请在医保码页点忘记展码密码，重新设一个。"), status=409)
    return known_hash


@transaction()
def _keep_anew(account_id: int, before: str, pin_hash: str) -> None:
    """Stores the same PIN hashed at today's cost, unless another was set meanwhile."""
    write(update(DisplayPin).where(DisplayPin.account_id == account_id, DisplayPin.pin_hash == before).values(pin_hash=pin_hash))


@transaction()
def _take_guess(account_id: int) -> bool:
    """Counts a guess; the last one locks at once, and if it turns out right the lock is opened again."""
    may_be_taken, change = one_more(DisplayPin, settings.pin_guesses, timedelta(minutes=settings.pin_lock_minutes))
    return won(update(DisplayPin).where(DisplayPin.account_id == account_id, may_be_taken).values(**change))


@transaction()
def _settle_guess(device: Device, pin_hash: str, *, matches: bool) -> PinResult:
    account_id = device.account_id
    actor = Account.actor_of(account_id)
    if matches:
        note_right(device)
        is_open = won(
            update(DisplayPin)
            .where(DisplayPin.account_id == account_id, DisplayPin.pin_hash == pin_hash)
            .values(failures=0, locked_until=None)
        )
        return PinResult(ok=is_open, guesses_left=settings.pin_guesses)
    pin = db.session.get_one(DisplayPin, account_id)
    audit.record(CredentialTag.pin_wrong, actor=actor, subject=actor, outcome="refused", failures=pin.failures)
    if pin.locked_until is not None:
        audit.record(CredentialTag.pin_locked, actor=actor, subject=actor)
    is_over = note_miss(device, is_locked=pin.locked_until is not None)
    left = max(0, settings.pin_guesses - pin.failures)
    return PinResult(ok=False, locked_until=pin.locked_until, guesses_left=left, is_over=is_over)
