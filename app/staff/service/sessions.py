"""Signing in: the password opens a session half, the second factor fully. Here it is a code; `passkeys` has the other kind."""

from datetime import timedelta

from sqlalchemy import delete

from app.core import audit, clock, totp
from app.core.db import transaction
from app.core.sessions import end_sessions, open_session, renew_session
from app.core.statements import write
from app.sign_in.service import Caller, SignIn, SignInState, attempt_at_factor, attempt_of, remember_browser, try_password
from app.staff import queries
from app.staff.audit_tags import StaffTag
from app.staff.models import StaffMember, StaffSession
from app.staff.service.attempts import note_wrong
from app.staff.service.members import seal_totp


def begin_sign_in(username: str, password: str, *, browser_name: str, caller: Caller) -> SignIn:
    """A right password opens a half-open session. The answer to a wrong one is the same whether or not the name is known."""
    member = queries.find_staff(username)
    attempt = attempt_of("staff", queries.name_hash(username), member.actor if member else "", caller)
    tried = try_password(attempt, member, password)
    if tried.refused is not None:
        return SignIn(tried.refused)
    with transaction():
        member = queries.find_staff(username)
        if member is None or not tried.is_right or not member.may_sign_in:
            return SignIn(note_wrong(attempt, StaffTag.password_wrong))
        attempt.give_back()
        tried.keep_newer(member)
        if not queries.has_factor(member):
            member.totp_secret = seal_totp(member.id, totp.draw_secret())  # never the secret that an earlier sign-in was shown
        return SignIn(SignInState(ok=True), _open(member, browser_name))


def confirm_second_factor(session: StaffSession, code: str, *, browser: bytes) -> SignIn:
    """A right code, valid once, opens the session fully under a new token. The first right code enrols its secret.

    browser: keyed hash of the browser's cookie; from now on it is a known browser of the member.
    """
    member = session.member
    attempt = attempt_at_factor("staff", member.actor)
    refused = attempt.take()
    if refused is not None:
        return SignIn(refused)
    with transaction():
        if not _use_code(member, code):
            return SignIn(note_wrong(attempt, StaffTag.factor_wrong))
        attempt.clear()
        token = open_fully(session, browser)
        return SignIn(SignInState(ok=bool(token)), token)


def open_fully(session: StaffSession, browser: bytes) -> str:
    """Returns the session's new token, after both factors; empty if it was opened or ended meanwhile. Inside a transaction."""
    member = session.member
    token = renew_session(session, StaffSession.verified_at.is_(None), verified_at=clock.now())
    if not token:
        return ""
    remember_browser(member.actor, browser)
    audit.record(StaffTag.signed_in, actor=member.actor, subject=session.subject, roles=member.roles_text)
    return token


@transaction()
def sign_out(session: StaffSession) -> None:
    if end_sessions(StaffSession, StaffSession.id == session.id):
        audit.record(StaffTag.signed_out, actor=StaffMember.actor_of(session.staff_id), subject=session.subject)


@transaction()
def end_session(session: StaffSession, *, by: str) -> None:
    """A member ends one of their own sessions from another browser."""
    if end_sessions(StaffSession, StaffSession.id == session.id):
        audit.record(StaffTag.session_ended, actor=by, subject=session.subject)


def _open(member: StaffMember, browser_name: str) -> str:
    an_hour_ago = clock.now() - timedelta(hours=1)
    write(
        delete(StaffSession).where(
            StaffSession.staff_id == member.id, StaffSession.verified_at.is_(None), StaffSession.created_at < an_hour_ago
        )
    )
    _session, token = open_session(StaffSession, staff_id=member.id, browser_name=browser_name)
    return token


def _use_code(member: StaffMember, code: str) -> bool:
    """Refuses to enrol a code if the member has a passkey: the password alone must not add a factor beside an existing one."""
    is_new = member.totp_enrolled_at is None
    if is_new and queries.has_passkey(member.id):
        return False
    is_used = totp.spend_code(member, queries.totp_secret_of(member), code)
    if is_used and is_new:
        audit.record(StaffTag.factor_enrolled, actor=member.actor, subject=member.actor)
    return is_used
