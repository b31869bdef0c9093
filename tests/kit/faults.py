"""Faults of the server that a test has seen: a test during which there was one has failed, whatever it was waiting for."""

from collections.abc import Callable

_noted: list[str] = []
sources: list[Callable[[], list[str]]] = []  # what else is asked, e.g. the logs of running servers; each tells a fault once


def note_answer(url: str, status: int) -> None:
    if status >= 500:
        _noted.append(f"{status} {url}")


def take() -> list[str]:
    """Those since the last call, one line each."""
    found = [*_noted, *(fault for ask in sources for fault in ask())]
    _noted.clear()
    return found


def log_faults(text: str) -> list[str]:
    """The lines of a log with which the app tells of an error that nobody caught."""
    return [line for line in text.splitlines() if '"event": "unexpected"' in line]
