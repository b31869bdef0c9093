"""What an operator, perhaps at midnight, is told about backups: sentences that also say what to do."""

import errno
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.audit.models import AuditRow
from app.core.audit_tags import InstallationTag
from app.core.database.backup import Made
from app.core.database.checking import Checked
from app.core.database.envelope import Envelope
from app.core.database.losses import Act, Losses
from app.core.database.restoring import Restored
from app.core.db import db
from app.core.outages import first_line

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MOST_NAMES = 20  # fixed: nobody reads more of them in one sentence
_ASK = (
    "the hotline and the counters: whose code was frozen (挂失) or phone removed since then; freeze it again at /bureau/calls",
    "the security administrator: which members of staff lost a role or left since then; `flask staff disable`, /bureau/staff",
    "each institution by telephone: which keys it uses, and whether one was given away; `flask institutions confirm-keys CODE`",
    "whoever registers institutions: which were disabled, which of their operators left; `flask institutions disable CODE`",
    "the source of the roster: import the newest one again, for who was suspended, moved or died; `flask roster import FILE`",
    "families and the reviewers: which links were ended, which custody is disputed, since then; /bureau/persons",
)


def reason_of(error: OSError | DBAPIError) -> str:
    """The cause in a few words, without a statement, a value or a traceback."""
    if isinstance(error, DBAPIError):
        return first_line(error)
    return "no room is left on the disk" if error.errno in _FULL else error.strerror or type(error).__name__


def faults_of(made: Made) -> Iterator[str]:
    yield from made.notes
    if made.missing:
        yield f"{len(made.missing)} documents are missing from the store and are not in the backup: {_some(made.missing)}"
    if made.spoilt:
        yield f"{len(made.spoilt)} documents in the store are spoilt and are in the backup as they are: {_some(made.spoilt)}"


def about_encryption(made: Made) -> str:
    if made.recipients:
        return f"encrypted to {', '.join(made.recipients)}"
    return "not encrypted: whoever has this file reads the names, birth dates, sex and regions of everybody (BACKUP_RECIPIENTS)"


def about_envelope(source: Path, envelope: Envelope) -> str:
    """About an encrypted backup that was not opened."""
    return (
        f"every byte of {source} is as its list says: version {envelope.version}, made {_local(envelope.created_at)}, encrypted to "
        f"{', '.join(envelope.recipients)}; no more was seen: whether it opens and what is in it shows --identity FILE"
    )


def about(source: Path, found: Checked) -> Iterator[str]:
    when = f", made {_local(found.created_at)}" if found.created_at else ""
    rows = f"{found.rows} rows and " if found.rows else ""
    yield f"{source} is whole: version {found.version}{when}, {found.kind}, {rows}{found.documents} documents"
    if not found.created_at:
        yield "a backup of that version has no manifest: what was taken out of it cannot be seen"
    if found.missing or found.spoilt:
        yield f"when it was made {len(found.missing)} documents were missing, {len(found.spoilt)} spoilt: " + _some(
            found.missing + found.spoilt
        )
    if found.cut:
        yield f"the audit log in it does not reach its published head, seal {found.cut}: its end was cut before the backup was made"
    if found.unfit_secrets is None:
        yield "whether the secrets fit is not known: this installation has none"
    else:
        yield from found.unfit_secrets or ["the secrets of this installation fit it"]
    yield from found.unproved


def after_restore(source: Path, done: Restored) -> Iterator[str]:
    if done.was_begun:
        yield f"{source} was restored already; what was left to do is done"
    else:
        yield f"{done.rows} rows and {done.documents} documents restored from {source} (version {done.version})"
    if done.head:
        yield f"the audit log goes on at seal {done.head['number']}, mac {done.head['mac']}: keep this line with the log shipper"
    if done.cut:
        yield f"the audit log was cut before the backup was made: it should reach seal {done.cut}; tell the audit administrator"
    for number, what in ((number, what) for what, number in done.ended.items() if number):
        yield f"ended   {number} {what}"
    for number, what in ((number, what) for what, number in done.open.items() if number):
        yield f"open    {number} {what}: still good, some may have been used since the backup"
    if done.foreign:
        yield f"{done.foreign} files in the store belong to nothing in the backup and are deleted after a day: copy those you want"
    if done.missing:
        yield f"{len(done.missing)} documents were missing or spoilt when the backup was made: {_some(done.missing)}"
    yield from done.unproved


def about_losses(found: Losses, *, has_logs: bool) -> Iterator[str]:
    """What has to be frozen, revoked, disabled or suspended again, and whom to ask about acts that no log tells of."""
    row = _restored_row()
    if row is None:
        yield "this installation was never restored from a backup"
        return
    facts = json.loads(row.detail)
    since = f"since the backup of {_local(facts['made_at'])}" if facts["made_at"] else "since the backup was made"
    head = (facts["head"] or {}).get("number", 0)
    if found.is_of_another_chain:
        yield "the log or the head is another bureau's: its seals are not those of this database"
    elif found.last_seal > head:
        yield f"{found.last_seal - head} seals of the audit log are lost: it had come to {found.last_seal}, the backup to {head}"
    for act in found.acts:
        yield _line(act)
    if has_logs and not found.acts:
        yield f"the log names nothing that was frozen, revoked, disabled or suspended {since}"
    if has_logs:
        yield _coverage(found, facts["made_at"], since)
    else:
        yield f"no log was given (--log), so nothing tells what was taken away {since}"
    yield f"ask, for the time {since}:"
    for number, whom in enumerate(_ASK, 1):
        yield f"  {number}. {whom}"


def _coverage(found: Losses, made_at: str, since: str) -> str:
    if not found.since:
        return f"no line of the log can be read, so nothing tells what was taken away {since}"
    gap = "" if not made_at or _moment(found.since) <= _moment(made_at) else "; before that nothing tells"
    span = f"the log reaches from {_local(found.since)} to {_local(found.until)}{gap}"
    return f"{span}; nothing tells what came after its end, nor what was done by `flask` commands"


def _line(act: Act) -> str:
    person = f" person {act.person_id}" if act.person_id is not None else ""
    more = "".join(f" {name}={value}" for name, value in sorted(act.detail.items()))
    return f"again   {_local(act.at)} {act.tag} {act.subject}{person}{more}"


def _restored_row() -> AuditRow | None:
    wanted = select(AuditRow).where(AuditRow.tag == InstallationTag.restored.value).order_by(AuditRow.id.desc()).limit(1)
    return db.session.scalar(wanted)


def _some(names: list[str]) -> str:
    return ", ".join(sorted(names)[:_MOST_NAMES]) + (f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else "")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _local(text: str) -> str:
    """In China's time; unchanged if it is no timestamp."""
    try:
        return f"{clock.local(_moment(text)):%Y-%m-%d %H:%M}"
    except ValueError:
        return text
