"""What a restore has undone: acts after the backup that froze, revoked, disabled or suspended, as far as the shipped log tells.

From 0.2.0 on every such act leaves a line `taken_away` in the log (`core.audit.revocations`). If the audit row of a line is not in
the database, the restore has undone the act.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.audit.models import AuditRow, AuditSeal
from app.core.audit.revocations import EVENT
from app.core.db import db
from app.core.logs import SEALED_EVENT

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Act:
    """at: ISO 8601, as the log has it. subject: `credential:12`. detail: ids and codes, as the audit row had them."""

    at: str
    tag: str
    subject: str
    person_id: int | None
    audit_id: int
    detail: dict[str, Any]


@dataclass(slots=True)
class Losses:
    """acts: undone by the restore, oldest first. since, until: the moments of the first and last line of the logs, or empty.

    last_seal: the highest number of a seal in the logs or a published head. is_of_another_chain: a seal of the database differs
    from the one of the same number there.
    """

    acts: list[Act] = field(default_factory=list)
    since: str = ""
    until: str = ""
    last_seal: int = 0
    is_of_another_chain: bool = False


def find_losses(logs: list[Path], head: Path | None = None) -> Losses:
    """logs: files of JSON lines; other lines are skipped. head: a newer `audit-head.json`. Raises ValueError, OSError."""
    found = Losses()
    pending: dict[int, Act] = {}
    seals: dict[int, str] = {}
    if head is not None:
        content = json.loads(head.read_text())
        seals[int(content["number"])] = str(content["mac"])
    for path in logs:
        for line in _lines(path):
            at = _moment(line.get("timestamp"))
            found.since, found.until = min(filter(None, (found.since, at)), default=""), max(found.until, at)
            if line.get("event") == SEALED_EVENT and isinstance(line.get("number"), int):
                seals[line["number"]] = str(line.get("mac", ""))
            elif line.get("event") == EVENT and isinstance(line.get("audit"), int):
                pending[line["audit"]] = _act(line, at)
                if len(pending) >= _BATCH:
                    found.acts += _undone(pending)
    found.acts += _undone(pending)
    found.acts.sort(key=lambda act: act.audit_id)
    _compare_seals(found, seals)
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            start = text.find("{")  # a supervisor may have put a timestamp before it
            if start < 0:
                continue
            try:
                line = json.loads(text[start:])
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


def _moment(value: object) -> str:
    """In UTC, so that moments sort as texts; empty for anything else, which another program may have written."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC).isoformat() if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


def _act(line: dict[str, Any], at: str) -> Act:
    known = {"event", "level", "timestamp", "audit", "tag", "subject", "person"}
    person = line.get("person")
    return Act(
        at=at,
        tag=str(line.get("tag", "")),
        subject=str(line.get("subject", "")),
        person_id=person if isinstance(person, int) else None,
        audit_id=line["audit"],
        detail={name: value for name, value in line.items() if name not in known},
    )


def _undone(pending: dict[int, Act]) -> list[Act]:
    there = set(db.session.scalars(select(AuditRow.id).where(AuditRow.id.in_(list(pending)))))
    undone = [act for number, act in pending.items() if number not in there]
    pending.clear()
    return undone


def _compare_seals(found: Losses, seals: dict[int, str]) -> None:
    """Seals made after the restore repeat numbers that were used before it, so only seals from before the restore are compared."""
    found.last_seal = max(seals, default=0)
    before = db.session.scalar(select(AuditRow.id).where(AuditRow.tag == "installation:restored").order_by(AuditRow.id).limit(1))
    if not seals or before is None:
        return
    near = sorted(seals)[-_BATCH:]
    wanted = select(AuditSeal.number, AuditSeal.seal_mac).where(AuditSeal.last_id < before, AuditSeal.number.in_(near))
    found.is_of_another_chain = any(seals[number] != mac.hex() for number, mac in db.session.execute(wanted))
