"""Operators: the people at an institution's desk, named by the bureau. Only they themselves know their password."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.sessions import end_sessions
from app.core.settings import settings
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import Institution, Operator, OperatorSession
from app.institutions.queries.operators import find_operator
from app.sign_in.passwords import draw_password, hash_password

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class NewOperator:
    """one_time_password: to be handed over and replaced at the first sign-in; not stored in plain text."""

    operator: Operator
    one_time_password: str
    expires_at: datetime | None


def add_operator(
    institution: Institution, *, operator_id: str, name: str, username: str, by: str, password: str = ""
) -> NewOperator:
    """The one-time password is drawn at random, unless the demo gives a password of its own.

    Raises DomainError `operator_unfit`, `operator_known` or `username_taken`.
    """
    operator_id, name, username = operator_id.strip(), name.strip(), username.strip().casefold()
    _check(operator_id, name, username)
    given = password or draw_password()
    password_hash = hash_password(given)
    now = clock.now()
    with transaction():
        if find_operator(username) is not None:
            raise DomainError("username_taken", str(_("这个用户名已经有人用了。")), status=409, field="username")
        if _has_number(institution.id, operator_id):
            raise DomainError("operator_known", str(_("这家机构已有这个编号的经办人。")), status=409, field="operator_id")
        operator = Operator(
            institution_id=institution.id,
            operator_id=operator_id,
            name=name,
            username=username,
            password_hash=password_hash,
            created_at=now,
            must_choose_password=not password,
            password_expires_at=None if password else now + timedelta(days=settings.one_time_password_days),
        )
        db.session.add(operator)
        db.session.flush()
        _record(InstitutionTag.operator_added, operator, by)
    return NewOperator(operator, given, operator.password_expires_at)


def reset_operator(operator: Operator, *, by: str) -> NewOperator:
    """Sets a new one-time password and removes the second factor; all sessions end; a disabled operator is enabled again."""
    given = draw_password()
    password_hash = hash_password(given)
    expires_at = clock.now() + timedelta(days=settings.one_time_password_days)
    had_factor = operator.totp_enrolled_at is not None
    with transaction():
        db.session.execute(
            update(Operator)
            .where(Operator.id == operator.id)
            .values(
                password_hash=password_hash,
                must_choose_password=True,
                password_expires_at=expires_at,
                disabled_at=None,
                totp_secret=None,
                totp_enrolled_at=None,
                totp_last_step=0,
            )
        )
        _end_sessions(operator.id)
        _record(InstitutionTag.operator_reset, operator, by, had_factor=had_factor)
    return NewOperator(operator, given, expires_at)


@transaction()
def disable_operator(operator: Operator, *, by: str) -> None:
    """Ends all the operator's sessions at once; a reset lets the operator back in."""
    db.session.execute(update(Operator).where(Operator.id == operator.id).values(disabled_at=clock.now()))
    _end_sessions(operator.id)
    _record(InstitutionTag.operator_disabled, operator, by)


@transaction()
def remember_business(operator: Operator, business_type: str) -> None:
    """Remembers the last choice as the default for the next scan."""
    db.session.execute(update(Operator).where(Operator.id == operator.id).values(business_type=business_type))


def _record(tag: InstitutionTag, operator: Operator, by: str, **more: Any) -> None:
    audit.record(tag, actor=by, subject=Institution.subject_of(operator.institution_id), operator=operator.id, **more)


def _end_sessions(operator_id: int) -> None:
    end_sessions(OperatorSession, OperatorSession.operator_id == operator_id)


def _has_number(institution_id: int, operator_id: str) -> bool:
    known = select(Operator.id).where(Operator.institution_id == institution_id, Operator.operator_id == operator_id)
    return db.session.scalar(known) is not None


def _check(operator_id: str, name: str, username: str) -> None:
    if not 1 <= len(operator_id) <= 64 or _CONTROLS.search(operator_id):
        raise _unfit(_("经办人编号要有 1 到 64 个字符。"), "operator_id")
    if not 1 <= len(name) <= 64 or _CONTROLS.search(name):
        raise _unfit(_("姓名要有 1 到 64 个字。"), "name")
    if not _USERNAME.fullmatch(username):
        raise _unfit(_("用户名用 3 到 40 个小写字母、数字、点或横线，以字母开头。"), "username")


def _unfit(what: str, field: str) -> DomainError:
    return DomainError("operator_unfit", str(what), field=field)
