"""Finds the rows no seal names, from the newest down, a window at a time: a log of millions is looked through in a few megabytes.

Never by `id > last`: ids commit out of order. In a window the rows are read before the seals, so that a row which is written and
sealed meanwhile is not taken for an unsealed one.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.audit.keys import unpack_ids
from app.core.audit.models import AuditRow, AuditSeal
from app.core.db import db

WINDOW_ROWS = 5000


class UnsealedRows:
    """One way through the log down to the id `floor`. Windows may be transactions and seconds apart.

    unsealed: the ids of the present window that no seal names, oldest first. seen: the newest seal that was taken into account;
    younger ones may name rows of this window and of those to come, and whoever seals tells of them by `hear_of`.
    """

    def __init__(self, floor: int = 0) -> None:
        self.is_over = False
        self.unsealed: list[int] = []
        self.seen: int = db.session.scalar(select(func.max(AuditSeal.number))) or 0
        self._floor = floor
        self._below: int | None = None
        self._named: set[int] = set()  # by seals that reach below the windows looked at so far

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
        """Seal `number` was made since this look began."""
        self.seen = number
        self.drop(members)
        self._named.update(one for one in members if self._below is None or one < self._below)

    def drop(self, ids: Sequence[int]) -> None:
        """These need no seal any more."""
        gone = set(ids)
        self.unsealed = [one for one in self.unsealed if one not in gone]
