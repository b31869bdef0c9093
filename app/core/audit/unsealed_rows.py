"""Finds rows that no seal names, from the newest down, one window at a time, so that a log of millions needs a few megabytes.

Never by `id > last`: rows are not committed in the order of their ids. In each window the rows are read before the seals, so that a
row that is written and sealed meanwhile does not look unsealed.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.audit.keys import unpack_ids
from app.core.audit.models import AuditRow, AuditSeal
from app.core.db import db

WINDOW_ROWS = 5000


class UnsealedRows:
    """One search through the log, down to the id `floor`. Its windows may be read seconds apart, in different transactions.

    unsealed: the ids of the current window that no seal names, oldest first. seen: the newest seal that was taken into account;
    later ones may name rows of this window and the next ones, and the sealer reports them with `hear_of`.
    """

    def __init__(self, floor: int = 0) -> None:
        self.is_over = False
        self.unsealed: list[int] = []
        self.seen: int = db.session.scalar(select(func.max(AuditSeal.number))) or 0
        self._floor = floor
        self._below: int | None = None
        self._named: set[int] = set()  # ids below the windows read so far, named by seals that reach into them

    def step(self) -> None:
        """Goes on to the next window."""
        rows, seals = select(AuditRow.id).where(AuditRow.id >= self._floor), select(AuditSeal.members)
        if self._below is not None:
            rows, seals = rows.where(AuditRow.id < self._below), seals.where(AuditSeal.last_id < self._below)
        ids = list(db.session.scalars(rows.order_by(AuditRow.id.desc()).limit(WINDOW_ROWS)))
        self.is_over = len(ids) < WINDOW_ROWS
        self.unsealed = []
        if not ids:
            return
        low = ids[-1]
        unsealed = set(ids) - self._named
        self._below, self._named = low, {number for number in self._named if number < low}
        for members in db.session.scalars(seals.where(AuditSeal.last_id >= low).execution_options(yield_per=500)):
            numbers = unpack_ids(members)
            unsealed.difference_update(numbers)
            self._named.update(number for number in numbers if number < low)
        self.unsealed = sorted(unsealed)

    def hear_of(self, number: int, members: Sequence[int]) -> None:
        """Seal `number`, which names these rows, was made since this search began."""
        self.seen = number
        self.drop(members)
        self._named.update(one for one in members if self._below is None or one < self._below)

    def drop(self, ids: Sequence[int]) -> None:
        """These need no seal any more."""
        gone = set(ids)
        self.unsealed = [one for one in self.unsealed if one not in gone]
