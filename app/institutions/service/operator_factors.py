"""An operator's second factor: set up on their own page, then asked for at each sign-in. If lost, the bureau's reset removes it."""

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, totp
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.sessions import renew_session
from app.core.statements import won
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import Institution, Operator, OperatorSession
from app.institutions.queries.operators import totp_secret_of
from app.institutions.service.operator_sessions import end_other_sessions, note_signed_in, note_wrong_at_desk
from app.sign_in.service import SignIn, SignInState, attempt_at_factor, remember_browser, try_password


def begin_factor(operator: Operator, password: str) -> SignInState:
    """Draws a secret that is not yet in force. Needs the password again, so that an unattended open desk is not enough.

    Raises DomainError `factor_known` when the operator already has one.
    """
    attempt = attempt_at_factor("operator", operator.actor)
    tried = try_password(attempt, operator, password)
    if tried.refused is not None:
        return tried.refused
    with transaction():
        if not tried.is_right:
            return note_wrong_at_desk(attempt, operator, InstitutionTag.operator_password_wrong)
        attempt.give_back()
        sealed = vault.encrypt("operator-totp", totp.draw_secret().encode(), bound_to=str(operator.id).encode())
        if not won(
            update(Operator)
            .where(Operator.id == operator.id, Operator.totp_enrolled_at.is_(None))
            .values(totp_secret=sealed, totp_last_step=0)
        ):
            raise DomainError("factor_known", _("第二步验证已经设好了。"), _("换手机或者丢了，请联系医保局重设。"), status=409)
    db.session.refresh(operator)
    return SignInState(ok=True)


def enrol_factor(session: OperatorSession, code: str) -> SignInState:
    """The first correct code puts the secret into force; every other session of the operator ends."""
    operator = session.operator
    attempt = attempt_at_factor("operator", operator.actor)
    refused = attempt.take()
    if refused is not None:
        return refused
    with transaction():
        is_new = operator.totp_enrolled_at is None
        if not is_new or not totp.spend_code(operator, totp_secret_of(operator), code):
            return note_wrong_at_desk(attempt, operator, InstitutionTag.operator_factor_wrong)
        attempt.clear()
        end_other_sessions(session)
        audit.record(
            InstitutionTag.operator_factor_set, actor=operator.actor, subject=Institution.subject_of(operator.institution_id)
        )
    return SignInState(ok=True)


def confirm_code(session: OperatorSession, code: str, *, browser: bytes) -> SignIn:
    """A correct code, valid once, opens the session fully, under a new token. browser: from now on known as the operator's."""
    operator = session.operator
    attempt = attempt_at_factor("operator", operator.actor)
    refused = attempt.take()
    if refused is not None:
        return SignIn(refused)
    with transaction():
        is_enrolled = operator.totp_enrolled_at is not None
        if not is_enrolled or not totp.spend_code(operator, totp_secret_of(operator), code):
            return SignIn(note_wrong_at_desk(attempt, operator, InstitutionTag.operator_factor_wrong))
        attempt.clear()
        token = renew_session(session, OperatorSession.needs_code.is_(True), needs_code=False)
        if not token:
            return SignIn(SignInState(ok=False))
        remember_browser(operator.actor, browser)
        note_signed_in(operator)
        return SignIn(SignInState(ok=True), token)
