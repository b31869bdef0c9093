"""Reads the whole log against its seals and names what does not fit."""

import json
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core.audit.keys import GENESIS, believed_until, key_of_row, merkle_root, seal_fits, unpack_ids
from app.core.audit.models import AuditRow, AuditSeal
from app.core.audit.seal import head_path
from app.core.audit.unsealed_rows import UnsealedRows
from app.core.db import db
from app.core.ids import first_id_at

_COLUMNS = AuditRow.__table__.c
_CHUNK = 5000
_MAC_BYTES = 32
UNSEALED_SECONDS = 300  # fixed: by then the sealer or the command that wrote a row has sealed it
UNSEALED_NAMED = 100
_WINDOWS_FOR_DOCTOR = 20  # of the newest rows


@dataclass(frozen=True)
class Finding:
    """kind: altered | missing | seal_changed | seal_missing | chain_cut | head_missing | unsealed.

    altered: changed, inserted by hand, or sealed more than a day after its key was replaced.
    unsealed: a row older than five minutes that no seal names, so that nobody would notice its deletion.
    """

    kind: str
    where: str


@dataclass
class Report:
    rows: int = 0
    seals: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.findings


class _Rows:
    """The id and MAC of every row, the number of its key, and whether a seal names it: 43 bytes per row."""

    def __init__(self) -> None:
        self.ids = array("q")
        self.macs = bytearray()
        self.keys = array("H")
        self.is_sealed = bytearray()

    def add(self, number: int, mac: bytes, key: int) -> None:
        self.ids.append(number)
        self.keys.append(key)
        self.macs += mac.ljust(_MAC_BYTES, b"\0")[:_MAC_BYTES]
        self.is_sealed.append(0)

    def take(self, number: int) -> tuple[bytes, int] | None:
        """MAC and key of this row, which from now on counts as sealed."""
        i = bisect_left(self.ids, number)
        if i == len(self.ids) or self.ids[i] != number:
            return None
        self.is_sealed[i] = 1
        return bytes(self.macs[i * _MAC_BYTES : (i + 1) * _MAC_BYTES]), self.keys[i]

    def unsealed_before(self, number: int) -> list[int]:
        """Ids below this one that no seal names."""
        until = bisect_left(self.ids, number)
        return [self.ids[i] for i in range(until) if not self.is_sealed[i]]


def verify(progress: Callable[[int], object] = lambda n: None) -> Report:
    """Checks each row's MAC, each seal, the chain and its published head. Calls `progress` with the size of each chunk of rows.

    Reads one snapshot, begun after the head was read, so that rows written and sealed meanwhile look neither missing nor cut off.
    """
    head = json.loads(head_path().read_text()) if head_path().exists() else None
    late = first_id_at(time.time() - UNSEALED_SECONDS)
    _begin_snapshot()
    report, rows = Report(), _Rows()
    for row in _stream_rows():
        values = row._mapping
        if not (key := key_of_row(values)):
            report.findings.append(Finding("altered", f"row {values['id']}"))
        rows.add(values["id"], values["row_mac"], key)
        report.rows += 1
        if report.rows % _CHUNK == 0:
            progress(_CHUNK)
    _verify_chain(report, rows, head)
    report.unsealed = rows.is_sealed.count(0)
    _name_unsealed(report, rows.unsealed_before(late))
    progress(report.rows % _CHUNK)
    return report


def problems() -> list[str]:
    """Sentences for the operator about those of the newest 100,000 rows that should have been sealed by now."""
    late, look, count = first_id_at(time.time() - UNSEALED_SECONDS), UnsealedRows(), 0
    for _window in range(_WINDOWS_FOR_DOCTOR):
        if not look.is_over:
            look.step()
            count += sum(number < late for number in look.unsealed)
    if not count:
        return []
    rows = "1 row of the audit log is" if count == 1 else f"{count} rows of the audit log are"
    return [f"{rows} older than five minutes and not sealed: start the web server, or run `flask audit seal`."]


def count_rows() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditRow)) or 0


def _stream_rows() -> Iterator[Any]:
    last = -1
    while chunk := db.session.execute(select(*_COLUMNS).where(_COLUMNS.id > last).order_by(_COLUMNS.id).limit(_CHUNK)).all():
        yield from chunk
        last = chunk[-1].id


def _begin_snapshot() -> None:
    """SQLite reads a snapshot anyhow; PostgreSQL is asked for one."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _verify_chain(report: Report, rows: _Rows, head: dict[str, Any] | None) -> None:
    previous, expected = GENESIS, 1
    for seal in db.session.scalars(select(AuditSeal).order_by(AuditSeal.number).execution_options(yield_per=100)):
        report.seals += 1
        if seal.number != expected:
            report.findings.append(Finding("seal_missing", f"seal {expected} to {seal.number - 1}"))
        elif seal.previous_mac != previous:
            report.findings.append(Finding("chain_cut", f"before seal {seal.number}"))
        if not seal_fits(seal.seal_mac, seal.number, seal.sealed_at, seal.members, seal.merkle_root, seal.previous_mac):
            report.findings.append(Finding("seal_changed", f"seal {seal.number}"))
        if head and head["number"] == seal.number and head["mac"] != seal.seal_mac.hex():
            report.findings.append(Finding("seal_changed", f"seal {seal.number} is not the published one"))
        _verify_members(report, rows, seal)
        previous, expected = seal.seal_mac, seal.number + 1
    if head and head["number"] >= expected:
        report.findings.append(Finding("chain_cut", f"seal {expected} to {head['number']}"))
    elif head is None and report.seals:
        report.findings.append(Finding("head_missing", str(head_path())))


def _name_unsealed(report: Report, late: list[int]) -> None:
    report.findings += [Finding("unsealed", f"row {number}") for number in late[:UNSEALED_NAMED]]
    if len(late) > UNSEALED_NAMED:
        report.findings.append(Finding("unsealed", f"{len(late) - UNSEALED_NAMED} rows more"))


def _verify_members(report: Report, rows: _Rows, seal: AuditSeal) -> None:
    """A row that was sealed more than a day after its key was replaced was written by somebody who stole that key."""
    leaves = [(number, rows.take(number)) for number in unpack_ids(seal.members)]
    missing = [number for number, row in leaves if row is None]
    report.findings += [Finding("missing", f"row {number}") for number in missing]
    replaced = {key for key in {row[1] for _n, row in leaves if row is not None} if _is_over(key, seal.sealed_at)}
    report.findings += [Finding("altered", f"row {number}") for number, row in leaves if row is not None and row[1] in replaced]
    if not missing and merkle_root((n, row[0]) for n, row in leaves if row is not None) != seal.merkle_root:
        report.findings.append(Finding("seal_changed", f"rows of seal {seal.number}"))


def _is_over(key: int, moment: datetime) -> bool:
    """Whether the key was no longer believed. key: 0 for a row that is reported as altered already."""
    until = believed_until(key) if key else None
    return until is not None and moment > until
