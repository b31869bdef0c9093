"""What the feature that owns a kind of case provides: what a decision does, who may not decide, the facts beside the papers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.hooks import Hook
from app.reviews.models import CaseState, ReviewCase
from app.staff.models import StaffMember

Fact = tuple[str, str]


@dataclass(frozen=True)
class ReviewKind:
    """label: its name for staff. slots: the names of its papers, such as {"birth_certificate": "出生医学证明"}.

    on_decision(case, outcome): runs in the transaction in which the decision takes effect; outcome: approved, returned, rejected.
    refuse(staff, subject): a sentence that says why this member must not decide this case (it is their own family's), or None.
    list_facts(subject): (label, value) in the order a reviewer compares them with the papers.
    """

    name: str
    label: str
    slots: Mapping[str, str] = field(default_factory=dict)
    on_decision: Callable[[ReviewCase, CaseState], object] | None = None
    refuse: Callable[[StaffMember, str], str | None] | None = None
    list_facts: Callable[[str], Sequence[Fact]] | None = None


provide_review_kinds: Hook[[], Sequence[ReviewKind]] = Hook(
    "reviews.provide_review_kinds", "Which kinds of case are decided here, and what does their owner say of them?"
)


def kind_of(name: str) -> ReviewKind:
    """The kind of this name. If no feature provides it, its label is its name and its decisions do nothing further."""
    return next((kind for kinds in provide_review_kinds() for kind in kinds if kind.name == name), ReviewKind(name, name))
