"""Keeps folded names right, also in rows that an older release wrote or that were folded with older Unicode tables."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from app.core.db import db, table_of, transaction
from app.roster.models import InsuredPerson
from app.roster.names import stored_fold

BATCH = 5000


def fold_names() -> int:
    """Goes through the roster once and returns how many rows it corrected. It can be killed at any moment: the next run starts
    again and writes only rows that are still wrong."""
    last, mended = 0, 0
    while True:
        db.session.rollback()  # so that the long loop holds no snapshot open
        rows = db.session.execute(
            select(InsuredPerson.id, InsuredPerson.name, InsuredPerson.folded_name)
            .where(InsuredPerson.id > last)
            .order_by(InsuredPerson.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return mended
        last = rows[-1].id
        if wrong := [(row.id, row.name) for row in rows if row.folded_name != stored_fold(row.name)]:
            mended += len(wrong)
            _mend(wrong)


def keep_folds(names: Iterable[tuple[int, str]]) -> None:
    """Writes the folds of (person, name) pairs just written, in the same transaction. Skips rows whose name has changed since."""
    folds = [{"of": person_id, "as_read": name, "fold": stored_fold(name)} for person_id, name in names]
    if folds:
        mending = update(table_of(InsuredPerson)).where(
            InsuredPerson.id == bindparam("of"), InsuredPerson.name == bindparam("as_read")
        )
        db.session.connection().execute(mending.values(folded_name=bindparam("fold")), folds)


@transaction()
def _mend(names: list[tuple[int, str]]) -> None:
    keep_folds(names)
