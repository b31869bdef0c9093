"""Sessions: begun by a correct SMS code, identified by a random token, ended on the server."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from app.accounts.audit_tags import AccountTag
from app.accounts.browser import Browser
from app.accounts.models import Account, Device, LoginSession, SessionEnd, SmsPurpose
from app.accounts.queries import phone_of
from app.accounts.service.find_or_create import find_or_create_account, find_or_create_device
from app.accounts.service.sms_codes import CodeCheck, spend_sms_code
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.hooks import Hook
from app.core.sessions import end_sessions, open_session
from app.core.settings import settings


@dataclass(frozen=True)
class StartedSession:
    """token: what the browser must carry; only its keyed hash is stored."""

    session: LoginSession
    token: str


@dataclass(frozen=True)
class SignIn:
    check: CodeCheck
    started: StartedSession | None = None


@transaction()
def sign_in(phone: str, code: str, *, browser: Browser, replaces: int | None = None) -> SignIn:
    """A correct code opens a session; a number seen for the first time gets an account.

    replaces: the session this browser carried until now; it ends. What the session may do is checked at each request
    (`Visitor.is_trusted`), because activation elsewhere can change it.
    """
    check = spend_sms_code(phone, code, SmsPurpose.sign_in, browser=browser)
    if not check.ok:
        return SignIn(check)
    account = find_or_create_account(phone)
    started = start_session(account, browser)
    started.session.sms_at = clock.now()
    if replaces is not None:
        _end(SessionEnd.replaced, LoginSession.id == replaces)
    return SignIn(check, started)


@transaction()
def start_session(account: Account, browser: Browser) -> StartedSession:
    """A session of this account in this browser, which becomes one of the account's devices."""
    device = find_or_create_device(account, browser)
    session, token = open_session(LoginSession, account_id=account.id, device_id=device.id)
    audit.record(
        AccountTag.signed_in,
        actor=account.actor,
        subject=session.subject,
        person_id=account.person_id,
        device=device.id,
        bound=device.is_bound,
    )
    return StartedSession(session, token)


on_signed_out: Hook[[int], object] = Hook(
    "accounts.on_signed_out", "A device (its id) was signed out, in this transaction: what it kept of the session is over."
)


@transaction()
def sign_out(session: LoginSession) -> None:
    if _end(SessionEnd.signed_out, LoginSession.id == session.id):
        audit.record(AccountTag.signed_out, actor=Account.actor_of(session.account_id), subject=session.subject)
        on_signed_out(session.device_id)


@transaction()
def sign_out_everywhere(account: Account, except_session: LoginSession | None = None) -> int:
    """Ends the sessions of the account, all or all but one, and the keys its devices keep (ASVS 7.4.1). Returns how many sessions
    ended. Devices stay bound."""
    kept, kept_device = (except_session.id, except_session.device_id) if except_session is not None else (0, 0)
    ended = _end(SessionEnd.signed_out_everywhere, LoginSession.account_id == account.id, LoginSession.id != kept)
    devices = select(Device.id).where(Device.account_id == account.id, Device.id != kept_device).order_by(Device.id)
    for device_id in db.session.scalars(devices).all():
        on_signed_out(device_id)
    audit.record(AccountTag.signed_out_everywhere, actor=account.actor, subject=account.subject, sessions=ended)
    return ended


@transaction()
def note_seen(session_id: int) -> None:
    """Records that the session and its device were used just now."""
    now = clock.now()
    session = db.session.get(LoginSession, session_id)
    if session is None:
        return
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=now))
    db.session.execute(update(Device).where(Device.id == session.device_id).values(last_seen_at=now))


@transaction()
def note_unlocked(session: LoginSession, is_unlocked: bool = True) -> None:
    """Records that the code was unlocked in this session, or locked again."""
    session.unlocked_at = clock.now() if is_unlocked else None


@transaction()
def confirm_phone(session: LoginSession, code: str, purpose: SmsPurpose, *, browser: Browser) -> CodeCheck:
    """Checks an SMS code sent to the account's own number: the visitor holds the phone too. A refusal is returned, not raised."""
    check = spend_sms_code(phone_of(session.account), code, purpose, browser=browser)
    if check.ok:
        session.sms_at = clock.now()
        actor, subject = Account.actor_of(session.account_id), session.subject
        audit.record(AccountTag.phone_confirmed, actor=actor, subject=subject, purpose=purpose.value)
    return check


def has_fresh_sms(session: LoginSession) -> bool:
    """Whether an SMS code was given in this session recently."""
    return session.sms_at is not None and clock.now() - session.sms_at < timedelta(minutes=settings.sms_fresh_minutes)


def end_sessions_of_device(device_id: int, reason: SessionEnd) -> int:
    """Inside the transaction that revokes the device."""
    return _end(reason, LoginSession.device_id == device_id)


def end_sessions_of_account(account_id: int, reason: SessionEnd) -> int:
    return _end(reason, LoginSession.account_id == account_id)


def _end(reason: SessionEnd, *whose: ColumnElement[bool]) -> int:
    return end_sessions(LoginSession, *whose, end_reason=reason)
