"""The kinds of staff jobs, which the features provide, and the types that their `run` takes and returns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.core.hooks import Hook
from app.staff.rights import Right
from app.staff_jobs.models import StaffJob


class Progress(Protocol):
    """Called by the work to report its progress, as often as it likes; it is stored at most once a second.

    It also keeps the job alive: work that reports nothing for a quarter of an hour counts as lost and is started again. Inside a
    transaction it stores nothing. Raises Replaced if another run has taken over.
    """

    def __call__(self, done: int, total: int | None = None) -> None: ...


class Replaced(RuntimeError):
    """Another run of the same staff job has begun; this one must end without changing anything."""


@dataclass(frozen=True)
class Outcome:
    """result: a JSON object for the page, without personal data. file: is moved into the store as the staff job's file."""

    result: dict[str, Any] = field(default_factory=dict)
    file: Path | None = None
    file_title: str = ""


Run = Callable[[StaffJob, Progress], Outcome]


@dataclass(frozen=True)
class StaffJobKind:
    """run: works outside any transaction; may be called again after its process died; raises DomainError to say why it failed.

    right: the asker needs it when asking, when the work begins and when looking at the result.
    """

    name: str
    run: Run
    right: Right
    title: Any  # a lazy string


provide_staff_job_kinds: Hook[[], Iterable[StaffJobKind]] = Hook(
    "staff_jobs.provide_staff_job_kinds", "Which jobs can staff ask for?"
)


def find_kind(name: str) -> StaffJobKind | None:
    return next((kind for kinds in provide_staff_job_kinds() for kind in kinds if kind.name == name), None)
