"""Signing in at the desk: a name and a long password, five guesses, a session that ends sooner on a shared computer (domain 5)."""

from sqlalchemy import update

from app.core import audit
from app.core.db import db, transaction
from app.core.sessions import drop_sessions, end_sessions, open_session
from app.core.settings import settings
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import Institution, Operator, OperatorSession
from app.institutions.queries.operators import find_operator, name_hash
from app.sign_in.passwords import hash_another
from app.sign_in.service import Attempt, Caller, SignIn, SignInState, attempt_of, remember_browser, try_password

PASSWORD_CHARS = 15  # fixed: without a second factor (NIST 800-63B-4)


def sign_in_operator(username: str, password: str, *, browser_name: str, is_shared: bool, caller: Caller, browser: bytes) -> SignIn:
    """The answer is the same whether or not the name is known (ASVS 6.3.8).

    browser: keyed hash of its cookie; after a correct password it is known as the operator's.
    """
    operator = find_operator(username)
    attempt = attempt_of("operator", name_hash(username), operator.actor if operator else "", caller)
    tried = try_password(attempt, operator, password)
    if tried.refused is not None:
        return SignIn(tried.refused)
    with transaction():
        operator = find_operator(username)
        if operator is None or not tried.is_right or not operator.may_sign_in:
            return SignIn(note_wrong_at_desk(attempt, operator, InstitutionTag.operator_password_wrong))
        needs_code = operator.totp_enrolled_at is not None
        if needs_code:
            attempt.give_back()
        else:
            attempt.clear()
            remember_browser(operator.actor, browser)
        tried.keep_newer(operator)
        token = _open_session(operator, browser_name, is_shared=is_shared, needs_code=needs_code)
        if not needs_code:
            note_signed_in(operator)
        return SignIn(SignInState(ok=True), token)


def _open_session(operator: Operator, browser_name: str, *, is_shared: bool, needs_code: bool) -> str:
    """Opens a session and returns its token."""
    _session, token = open_session(
        OperatorSession, operator_id=operator.id, browser_name=browser_name, is_shared=is_shared, needs_code=needs_code
    )
    return token


def choose_operator_password(operator: Operator, password: str, *, keep: OperatorSession) -> None:
    """The operator's own choice; every other session of theirs ends. Raises DomainError `password_weak` or `password_same`."""
    hashed = hash_another(password, username=operator.username, now=operator.password_hash, min_chars=PASSWORD_CHARS)
    with transaction():
        db.session.execute(
            update(Operator)
            .where(Operator.id == operator.id)
            .values(password_hash=hashed, must_choose_password=False, password_expires_at=None)
        )
        end_other_sessions(keep)
        audit.record(
            InstitutionTag.operator_password_set, actor=operator.actor, subject=Institution.subject_of(operator.institution_id)
        )


def end_other_sessions(keep: OperatorSession) -> None:
    """Inside a transaction, after a change to how this operator signs in."""
    end_sessions(OperatorSession, OperatorSession.operator_id == keep.operator_id, OperatorSession.id != keep.id)


def note_signed_in(operator: Operator) -> None:
    audit.record(InstitutionTag.operator_signed_in, actor=operator.actor, subject=Institution.subject_of(operator.institution_id))


@transaction()
def sign_out_operator(session: OperatorSession) -> None:
    if end_sessions(OperatorSession, OperatorSession.id == session.id):
        operator = session.operator
        audit.record(
            InstitutionTag.operator_signed_out, actor=operator.actor, subject=Institution.subject_of(operator.institution_id)
        )


def drop_operator_sessions() -> None:
    """Deletes sessions after `staff_session_keep_days`; the audit log remembers them."""
    drop_sessions(OperatorSession, settings.staff_session_keep_days)


def note_wrong_at_desk(attempt: Attempt, operator: Operator | None, tag: InstitutionTag) -> SignInState:
    """Writes the audit rows of a refused attempt, inside the transaction that refuses it."""
    who = operator.actor if operator else "operator:unknown"
    subject = Institution.subject_of(operator.institution_id) if operator else ""
    state = attempt.state()
    audit.record(tag, actor=who, subject=subject, outcome="refused")
    if state.locked_until is not None:
        audit.record(InstitutionTag.operator_locked, actor=who, subject=subject)
    return state
