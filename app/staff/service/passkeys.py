"""A passkey as the second factor, beside the authenticator's code; the password is always asked first."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.webauthn.challenges import new_challenge, spend_challenge
from app.core.webauthn.keys import is_signed, keep_key, key_id_of
from app.core.webauthn.options import options_to_make, options_to_sign, second_factor
from app.core.webauthn.site import Site
from app.sign_in.service import SignIn, SignInState, attempt_at_factor
from app.staff import queries
from app.staff.audit_tags import StaffTag
from app.staff.models import FactorPurpose, StaffChallenge, StaffMember, StaffPasskey, StaffSession
from app.staff.service.attempts import note_wrong
from app.staff.service.sessions import open_fully


@transaction()
def begin_passkey(session: StaffSession, site: Site, *, bureau_name: str) -> str:
    """Options for the browser as JSON: to sign with a known key, or to make one (a first factor, or one more once signed in).

    Raises DomainError `factor_stale` if a signed-in member's second factor was given too long ago.
    """
    member = session.member
    known = queries.list_staff_passkeys(member.id)
    if session.verified_at is None and queries.has_factor(member):
        return options_to_sign(site, new_challenge(StaffChallenge, session.id, FactorPurpose.signing_in), known)
    if session.verified_at is not None:
        require_fresh(session)
    return options_to_make(
        site,
        new_challenge(StaffChallenge, session.id, FactorPurpose.adding),
        known,
        second_factor(),
        bureau=bureau_name,
        user_id=vault.keyed_hash("staff-passkey-user", str(member.id)),
        user_name=member.username,
    )


def confirm_by_passkey(session: StaffSession, answer: str, site: Site, *, browser_name: str, browser: bytes) -> SignIn:
    """Opens a half-open session fully by a known key's signature, or by making a key if the member has no factor yet."""
    member = session.member
    attempt = attempt_at_factor("staff", member.actor)
    refused = attempt.take()
    if refused is not None:
        return SignIn(refused)
    with transaction():
        is_new = not queries.has_factor(member)
        is_right = _add(session, answer, site, browser_name) is not None if is_new else _is_signed(session, answer, site)
        if not is_right:
            return SignIn(note_wrong(attempt, StaffTag.factor_wrong))
        attempt.clear()
        token = open_fully(session, browser)
        return SignIn(SignInState(ok=bool(token)), token)


@transaction()
def add_staff_passkey(session: StaffSession, answer: str, site: Site, *, browser_name: str) -> StaffPasskey:
    """Adds a passkey for a signed-in member. Raises DomainError `passkey_refused`, `factor_stale`."""
    require_fresh(session)
    passkey = _add(session, answer, site, browser_name)
    if passkey is None:
        raise DomainError("passkey_refused", _("这次没有添加成功。"), _("请再试一次。"), status=422)
    return passkey


@transaction()
def remove_staff_passkey(session: StaffSession, passkey_id: int) -> None:
    """Raises NotFound unless it is the member's own, DomainError `last_factor`, `factor_stale`.

    Locks the member's row before it looks, so that two removals at once leave one factor, and of one key one is heard.
    """
    require_fresh(session)
    member = db.session.scalars(select(StaffMember).where(StaffMember.id == session.staff_id).with_for_update(of=StaffMember)).one()
    passkey = queries.get_staff_passkey(member.id, passkey_id)
    count = db.session.scalar(select(func.count()).where(StaffPasskey.staff_id == member.id)) or 0
    if member.totp_enrolled_at is None and count < 2:
        raise DomainError("last_factor", _("这是最后一个第二步验证，不能删。"), _("请先添加另一个通行密钥。"), status=409)
    audit.record(StaffTag.passkey_removed, actor=member.actor, subject=passkey.subject)
    db.session.delete(passkey)


def require_fresh(session: StaffSession) -> None:
    if session.verified_at is None or session.verified_at <= clock.now() - timedelta(minutes=settings.staff_fresh_minutes):
        late = _("登录已超过 %(minutes)d 分钟。", minutes=settings.staff_fresh_minutes)
        raise DomainError("factor_stale", late, _("改第二步验证，请先退出，重新登录。"), status=403)


def _add(session: StaffSession, answer: str, site: Site, browser_name: str) -> StaffPasskey | None:
    challenge = spend_challenge(StaffChallenge, session.id, FactorPurpose.adding)
    passkey = keep_key(StaffPasskey, answer, challenge, site, staff_id=session.staff_id, browser_name=browser_name)
    if passkey is None:
        return None
    db.session.execute(  # a TOTP secret that was drawn and never enrolled must not become a factor
        update(StaffMember)
        .where(StaffMember.id == session.staff_id, StaffMember.totp_enrolled_at.is_(None))
        .values(totp_secret=None)
    )
    actor = StaffMember.actor_of(session.staff_id)
    audit.record(StaffTag.passkey_added, actor=actor, subject=passkey.subject)
    return passkey


def _is_signed(session: StaffSession, answer: str, site: Site) -> bool:
    challenge = spend_challenge(StaffChallenge, session.id, FactorPurpose.signing_in)
    return is_signed(queries.find_staff_passkey(session.staff_id, key_id_of(answer)), answer, challenge, site)
