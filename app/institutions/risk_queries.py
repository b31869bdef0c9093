"""Past scans for a dry run of the risk rules, a batch at a time: each statement reads a bounded number of rows by an index."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.credentials.models import Presentation, UseDenial
from app.institutions.models import Institution, Scan
from app.institutions.policy import PastScan

BATCH = 1000
_DAY = timedelta(days=1)


def walk_scans(since: datetime, batch: int = BATCH) -> Iterator[list[Any]]:
    """Accepted scans back to `since`, newest first. Ids follow time, so the primary key is the index that is walked."""
    before: int | None = None
    while True:
        query = (
            select(
                Scan.id,
                Scan.created_at,
                Scan.credential_id,
                Scan.institution_id,
                Scan.business_type,
                Institution.kind,
                Institution.region_code,
                Institution.supports_challenge,
                Institution.is_sandbox,
                Scan.outcome,
                Presentation.created_at.label("shown_since"),
            )
            .join(Institution, Institution.id == Scan.institution_id)
            .outerjoin(Presentation, Presentation.handle == Scan.handle)
            .order_by(Scan.id.desc())
            .limit(batch)
        )
        rows = db.session.execute(query.where(Scan.id < before) if before is not None else query).all()
        db.session.rollback()  # a long walk holds no snapshot open
        found = [row for row in rows if row.created_at >= since]
        if found:
            yield [row for row in found if row.outcome == 0 and row.credential_id is not None and not row.is_sandbox]
        if len(rows) < batch or len(found) < len(rows):
            return
        before = rows[-1].id


def list_past_of(credential_ids: set[int], first: datetime, last: datetime) -> dict[int, list[PastScan]]:
    """Accepted scans of these credentials from a day before `first` up to `last`, by credential, oldest first."""
    query = (
        select(Scan.credential_id, Scan.created_at, Scan.institution_id, Institution.kind, Institution.region_code)
        .join(Institution, Institution.id == Scan.institution_id)
        .where(Scan.credential_id.in_(credential_ids), Scan.created_at > first - _DAY, Scan.created_at <= last, Scan.outcome == 0)
        .order_by(Scan.created_at)
    )
    past: dict[int, list[PastScan]] = {}
    for row in db.session.execute(query):
        past.setdefault(row.credential_id, []).append(PastScan(*row[1:]))
    return past


def list_known_places(pairs: set[tuple[int, int]], before: datetime) -> set[tuple[int, int]]:
    """Those of these (credential, institution) of which a scan was accepted before that moment."""
    query = (
        select(Scan.credential_id, Scan.institution_id)
        .where(
            Scan.credential_id.in_({pair[0] for pair in pairs}),
            Scan.institution_id.in_({pair[1] for pair in pairs}),
            Scan.created_at < before,
            Scan.outcome == 0,
        )
        .distinct()
    )
    found: set[Any] = {(row[0], row[1]) for row in db.session.execute(query)}
    return found & pairs


def list_denied(scan_ids: Sequence[int]) -> set[int]:
    return set(db.session.scalars(select(UseDenial.scan_id).where(UseDenial.scan_id.in_(scan_ids))))
