"""Calls a plug-in and says in one sentence what was wrong with its answer."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

Trial = TypeVar("Trial")
LONGEST_SECONDS = 60.0  # fixed: gunicorn's timeout for a worker (docs/operations.md); somebody waits for the page


def list_faults(trial: Trial, checks: Sequence[Callable[[Trial], Iterable[str]]]) -> list[str]:
    """The faults that `checks` find. A check that raises counts as a fault of the plug-in, and the others still run."""
    found = []
    for check in checks:
        try:
            for fault in check(trial):
                found.append(fault)
        except Exception as error:
            found.append(f"{(check.__doc__ or '').rstrip('.')}: but it raised {type(error).__name__}({error})")
    return found


def must_raise(what: str, act: Callable[[], object], *wanted: type[Exception]) -> Iterator[str]:
    """One sentence when `act` raises nothing, raises something else, or takes too long."""
    started = time.monotonic()
    names = " or ".join(kind.__name__ for kind in wanted)
    try:
        answer = act()
    except wanted:
        pass
    except Exception as error:
        yield f"{what} must raise {names}, and raised {type(error).__name__}"
    else:
        yield f"{what} must raise {names}, and answered {answer!r}"
    if time.monotonic() - started > LONGEST_SECONDS:
        yield f"{what} must be over within {LONGEST_SECONDS:.0f} seconds"
