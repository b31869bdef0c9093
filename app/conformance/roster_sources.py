"""What `app.roster.providers.RosterSource` requires of a source."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.conformance.trying import list_faults, must_raise
from app.roster.providers import RosterSource, SourceRefused, is_blank


@dataclass(frozen=True, kw_only=True)
class RosterSourceTrial:
    """A source and its content.

    open: makes the source again over the same rows, as its factory does. rows: those rows, at least three, by the source's own
    column names; cells as text. broken: opens it over data that breaks off or cannot be read; None where that cannot happen.
    """

    open: Callable[[], RosterSource]
    rows: Sequence[Mapping[str, str]]
    broken: Callable[[], RosterSource] | None


def list_roster_source_faults(trial: RosterSourceTrial) -> list[str]:
    return list_faults(trial, (_is_described, _has_columns, _gives_rows, _counts, _closes, _breaks_off))


def _is_described(trial: RosterSourceTrial) -> Iterator[str]:
    """It has a title, in which nothing of a person stands."""
    source = trial.open()
    if not isinstance(source.title, str) or not source.title.strip():
        yield f"title must be a text, and is {source.title!r}"
    elif any(cell in source.title for row in trial.rows for cell in row.values() if len(cell) > 3):
        yield "nothing of a person may stand in title, which is kept in the list of imports"
    source.close()


def _has_columns(trial: RosterSourceTrial) -> Iterator[str]:
    """It says its columns, as often as it is asked."""
    source = trial.open()
    columns = source.columns()
    if sorted(columns) != sorted({key for row in trial.rows for key in row}):
        yield f"columns must be the keys that rows have, each once, and are {columns!r}"
    if source.columns() != columns:
        yield f"columns must say the same each time, and said {source.columns()!r} the second time"
    source.close()


def _gives_rows(trial: RosterSourceTrial) -> Iterator[str]:
    """Every row is given once, in order, with its line, whether columns were asked for before or not."""
    for asked in (False, True):
        source = trial.open()
        columns = source.columns() if asked else []
        given = list(source.rows())
        when = "after columns" if asked else "without columns before"
        lines = [line for line, _ in given]
        if any(later <= earlier for earlier, later in pairwise([0, *lines])):
            yield f"{when}, lines must be numbers that grow from 1 on, and are {lines[:5]!r}"
        if [_filled(row) for _, row in given] != [_filled(row) for row in trial.rows]:
            yield f"{when}, rows must be the {len(trial.rows)} of the trial in their order, and {len(given)} came, or others"
        if asked and any(set(row) - {*columns, ""} for _, row in given):
            yield "a row may have no key that is not among columns"
        source.close()


def _counts(trial: RosterSourceTrial) -> Iterator[str]:
    """How far it is never goes back and stays within its size, where it knows one."""
    source = trial.open()
    positions = [source.position]
    positions += [source.position for _ in source.rows()]
    if any(later < earlier for earlier, later in pairwise(positions)):
        yield f"position must not go back, and was {positions!r}"
    if source.size and positions[-1] > source.size:
        yield f"position must stay within size, and is {positions[-1]} of {source.size}"
    source.close()


def _closes(trial: RosterSourceTrial) -> Iterator[str]:
    """It can be closed unread, half read, and twice."""
    trial.open().close()
    source = trial.open()
    next(iter(source.rows()))
    source.close()
    source.close()
    yield from ()


def _breaks_off(trial: RosterSourceTrial) -> Iterator[str]:
    """What cannot be read to its end is SourceRefused, so that nothing of it is imported."""
    broken = trial.broken
    if broken is None:
        return
    yield from must_raise("a source that cannot be read to its end", lambda: list(broken().rows()), SourceRefused)


def _filled(row: Mapping[str, object]) -> dict[str, str]:
    return {key: str(cell) for key, cell in row.items() if not is_blank(cell)}
