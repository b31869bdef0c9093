"""The kinds of act that need four eyes: what each does once it is approved, and the sentence that describes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.hooks import Hook
from app.staff.models import Approval


@dataclass(frozen=True)
class ApprovalKind:
    """do: the act, called in the transaction in which it takes effect; a DomainError it raises rolls the approval back.

    sentence: describes the act on pages and in messages, without secrets; without it they show kind and subject.
    """

    name: str
    do: Callable[[Approval], object]
    sentence: Callable[[Approval], str] | None = None


provide_approval_kinds: Hook[[], Sequence[ApprovalKind]] = Hook(
    "staff.provide_approval_kinds", "Which acts need a second member, what do they do, and how are they told?"
)


def find_approval_kind(name: str) -> ApprovalKind | None:
    return next((kind for kinds in provide_approval_kinds() for kind in kinds if kind.name == name), None)


def do_approved(approval: Approval) -> None:
    """Does the approved act. Called inside the transaction in which it takes effect."""
    kind = find_approval_kind(approval.kind)
    if kind is not None:
        kind.do(approval)


def sentence_of(approval: Approval) -> str:
    kind = find_approval_kind(approval.kind)
    return kind.sentence(approval) if kind and kind.sentence else f"{approval.kind} {approval.subject}"
