"""Which staff jobs there are. A feature provides its own; what `run` is given and gives back stands here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.core.hooks import Hook
from app.staff.rights import Right
from app.staff_jobs.models import StaffJob


class Progress(Protocol):
    """Says how far the work is, as often as it likes; at most once a second it is written down.

    It also keeps the job alive: work that says nothing for a quarter of an hour counts as lost and is begun again. Inside a
    transaction it writes nothing. Raises Replaced when another run has taken over.
    """

    def __call__(self, done: int, total: int | None = None) -> None: ...


class Replaced(RuntimeError):
    """Another run of the same staff job has begun; this one must end without changing anything."""


@dataclass(frozen=True)
class Outcome:
    """result: a JSON object for the page, nothing of a person in it. file: becomes the staff job's file and is deleted here."""

    result: dict[str, Any] = field(default_factory=dict)
    file: Path | None = None
    file_title: str = ""


Run = Callable[[StaffJob, Progress], Outcome]


@dataclass(frozen=True)
class StaffJobKind:
    """run: works outside any transaction and may be called again after its process died. Raises DomainError to say why not.

    right: whoever asks needs it, when asking, when the work begins and when looking at what came out.
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
