"""Reads of operators and their sessions."""

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.sessions import hash_of
from app.core.settings import settings
from app.institutions.models import Operator, OperatorSession


def name_hash(username: str) -> bytes:
    return vault.keyed_hash("operator-name", username.strip().casefold())


def find_operator(username: str) -> Operator | None:
    wanted = username.strip().casefold()
    return db.session.scalar(
        select(Operator).where(Operator.username == wanted).options(joinedload(Operator.institution, innerjoin=True))
    )


def get_operator(institution_id: int, operator_id: int) -> Operator:
    """operator_id: the row's id. Raises NotFound for an operator of another institution."""
    found = db.session.get(Operator, operator_id)
    if found is None or found.institution_id != institution_id:
        raise NotFound
    return found


def list_operators(institution_id: int) -> list[Operator]:
    """At most two hundred, those who may sign in before the disabled ones."""
    return list(
        db.session.scalars(
            select(Operator)
            .where(Operator.institution_id == institution_id)
            .order_by(Operator.disabled_at.is_not(None), Operator.operator_id)
            .limit(200)
        )
    )


def totp_secret_of(operator: Operator) -> str:
    """Base32; empty while there is none."""
    if operator.totp_secret is None:
        return ""
    return vault.decrypt("operator-totp", operator.totp_secret, bound_to=str(operator.id).encode()).decode()


def find_open_session(token: str) -> OperatorSession | None:
    """The session of this cookie, with operator and institution; None once it is over (domain 5)."""
    now = clock.now()
    own, shared = (timedelta(minutes=n) for n in (settings.operator_idle_minutes, settings.operator_shared_idle_minutes))
    return db.session.scalar(
        select(OperatorSession)
        .join(OperatorSession.operator)
        .join(Operator.institution)
        .options(contains_eager(OperatorSession.operator).contains_eager(Operator.institution))
        .where(
            OperatorSession.token_hash == hash_of(OperatorSession, token),
            OperatorSession.ended_at.is_(None),
            OperatorSession.created_at > now - timedelta(hours=settings.operator_absolute_hours),
            or_(
                and_(OperatorSession.is_shared, OperatorSession.last_seen_at > now - shared),
                and_(OperatorSession.is_shared.is_(False), OperatorSession.last_seen_at > now - own),
            ),
            Operator.disabled_at.is_(None),
        )
    )
