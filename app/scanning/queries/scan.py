"""The reads of a scan besides those of the code itself: who calls, earlier answers, challenges."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Connection, Integer, bindparam, func, select

from app.core.db import db
from app.core.prepared import PreparedQuery
from app.credentials.models import Credential
from app.institutions.models import ApiKey, Institution, InstitutionKind
from app.scanning.models import MOST_WRONG_ANSWERS, Challenge, Scan, StoredAnswer, WrongTyped
from app.scanning.policy import PastScan


class Caller(NamedTuple):
    """The institution that calls. business_types: those it may use, comma separated."""

    id: int
    fixmedins_code: str
    name: str
    kind: InstitutionKind
    region_code: str
    business_types: str
    is_enabled: bool
    is_sandbox: bool
    supports_challenge: bool


class Key(NamedTuple):
    """An API key; also a revoked, held or ended one."""

    key_id: int
    secret_hash: bytes
    revoked_at: datetime | None
    ends_at: datetime | None
    held_at: datetime | None
    last_used_on: date | None


class KeyOfCaller(NamedTuple):
    key_id: int
    secret_hash: bytes
    revoked_at: datetime | None
    ends_at: datetime | None
    held_at: datetime | None
    last_used_on: date | None
    id: int
    fixmedins_code: str
    name: str
    kind: InstitutionKind
    region_code: str
    business_types: str
    is_enabled: bool
    is_sandbox: bool
    supports_challenge: bool


class Stored(NamedTuple):
    """The earlier answer to an outBizNo, sealed. created_at: Unix seconds. answer: None while its scan is not finished."""

    body_sha256: bytes
    answer: bytes | None
    created_at: int


class Id(NamedTuple):
    id: int


class Count(NamedTuple):
    number: int


class Question(NamedTuple):
    """An open challenge: the two digits a desk waits for, and how often it got others."""

    id: int
    digits: str
    wrong_answers: int


_CALLER = (
    Institution.id,
    Institution.fixmedins_code,
    Institution.name,
    Institution.kind,
    Institution.region_code,
    Institution.business_types,
    Institution.is_enabled,
    Institution.is_sandbox,
    Institution.supports_challenge,
)
_KEY = PreparedQuery(
    select(
        ApiKey.id.label("key_id"),
        ApiKey.secret_hash,
        ApiKey.revoked_at,
        ApiKey.ends_at,
        ApiKey.held_at,
        ApiKey.last_used_on,
        *_CALLER,
    )
    .join(Institution, Institution.id == ApiKey.institution_id)
    .where(ApiKey.id == bindparam("key_id")),
    KeyOfCaller,
)
_DESK = PreparedQuery(select(*_CALLER).where(Institution.id == bindparam("institution_id")), Caller)
_ANSWER = PreparedQuery(
    select(StoredAnswer.body_sha256, StoredAnswer.answer, StoredAnswer.created_at).where(
        StoredAnswer.institution_id == bindparam("institution_id"), StoredAnswer.out_biz_no == bindparam("out_biz_no")
    ),
    Stored,
)


def _is_open(institution_id: int | BindParameter[int], since: int | BindParameter[int]) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a challenge of this institution may still be answered."""
    return (
        Challenge.institution_id == institution_id,
        Challenge.created_at > since,
        Challenge.used_at.is_(None),
        Challenge.wrong_answers < MOST_WRONG_ANSWERS,
    )


_WRONG_NUMBERS = PreparedQuery(
    select(WrongTyped.count.label("number")).where(
        WrongTyped.institution_id == bindparam("institution_id"), WrongTyped.minute == bindparam("minute")
    ),
    Count,
)
_OPEN_QUESTION = PreparedQuery(
    select(Challenge.id, Challenge.digits, Challenge.wrong_answers)
    .where(
        Challenge.handle == bindparam("handle"),
        *_is_open(bindparam("institution_id", type_=Integer), bindparam("since", type_=BigInteger)),
    )
    .order_by(Challenge.id.desc())
    .limit(1)
    .with_for_update(),
    Question,
)
_LOCK_CREDENTIAL = PreparedQuery(select(Credential.id).where(Credential.id == bindparam("credential_id")).with_for_update(), Id)
_QUESTIONS = PreparedQuery(
    select(func.count().label("number"))
    .select_from(Challenge)
    .where(Challenge.credential_id == bindparam("credential_id"), Challenge.created_at > bindparam("since")),
    Count,
)
_IS_ACCEPTED = (Scan.credential_id == bindparam("credential_id"), Scan.outcome == 0)
_PAST_SCANS = PreparedQuery(
    select(Scan.created_at.label("at"), Scan.institution_id, Institution.kind, Institution.region_code)
    .join(Institution, Institution.id == Scan.institution_id)
    .where(*_IS_ACCEPTED, Scan.created_at > bindparam("since"))
    .order_by(Scan.created_at.desc())
    .limit(100),
    PastScan,
)
_USED_AT = PreparedQuery(select(Scan.id).where(*_IS_ACCEPTED, Scan.institution_id == bindparam("institution_id")).limit(1), Id)


def find_key(connection: Connection, key_id: int) -> tuple[Key, Caller] | None:
    found = _KEY.first(connection, {"key_id": key_id})
    return (Key(*found[:6]), Caller(*found[6:])) if found is not None else None


def find_desk(connection: Connection, institution_id: int) -> Caller | None:
    """The caller for an institution's own desk page, which has no key."""
    return _DESK.first(connection, {"institution_id": institution_id})


def find_stored_answer(connection: Connection, institution_id: int, out_biz_no: str) -> Stored | None:
    return _ANSWER.first(connection, {"institution_id": institution_id, "out_biz_no": out_biz_no})


def count_wrong_numbers(connection: Connection, institution_id: int, minute: int) -> int:
    """minute: counted since 1970."""
    found = _WRONG_NUMBERS.first(connection, {"institution_id": institution_id, "minute": minute})
    return found.number if found is not None else 0


def find_open_question(connection: Connection, institution_id: int, handle: str, since: int) -> Question | None:
    """The newest open challenge of this institution to this handle, asked after `since` (Unix seconds).

    Locks its row, so that parallel guesses wait for one another and each is counted before the next is checked.
    """
    return _OPEN_QUESTION.first(connection, {"institution_id": institution_id, "handle": handle, "since": since})


def find_latest_question(institution_id: int, credential_id: int, since: int) -> tuple[str, str] | None:
    """Handle and digits of the newest open challenge of this institution to this credential."""
    found = db.session.execute(
        select(Challenge.handle, Challenge.digits)
        .where(Challenge.credential_id == credential_id, *_is_open(institution_id, since))
        .order_by(Challenge.id.desc())
        .limit(1)
    ).first()
    return (found.handle, found.digits) if found is not None else None


def count_questions(connection: Connection, credential_id: int, since: int) -> int:
    """Challenges to this credential at any institution. Locks the credential, so that parallel scans count each other's.

    since: Unix seconds.
    """
    _LOCK_CREDENTIAL.first(connection, {"credential_id": credential_id})
    found = _QUESTIONS.first(connection, {"credential_id": credential_id, "since": since})
    return found.number if found is not None else 0


def list_past_scans(connection: Connection, credential_id: int, now: datetime) -> list[PastScan]:
    """Accepted scans of the last day, newest first, at most a hundred."""
    return _PAST_SCANS.all(connection, {"credential_id": credential_id, "since": now - timedelta(days=1)})


def was_used_at(connection: Connection, credential_id: int, institution_id: int) -> bool:
    """Whether a code of the credential was ever accepted at this institution."""
    return _USED_AT.first(connection, {"credential_id": credential_id, "institution_id": institution_id}) is not None
