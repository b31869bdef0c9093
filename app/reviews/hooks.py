"""What the feature that owns a kind of case tells the reviews: what follows, who may not decide, what stands beside the papers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.reviews.models import CaseState, ReviewCase
from app.staff.models import StaffMember

Listener = Callable[[ReviewCase, CaseState], None]
Rule = Callable[[StaffMember, str], str | None]
Fact = tuple[str, str]
Provider = Callable[[str], Sequence[Fact]]


@dataclass
class Kind:
    label: str
    listener: Listener | None = None
    rule: Rule | None = None
    provider: Provider | None = None
    slots: dict[str, str] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def kind_of(name: str) -> Kind:
    return _kinds.setdefault(name, Kind(label=name))


def name_kind(name: str, label: str, slots: dict[str, str] | None = None) -> None:
    """How staff read this kind, and what its papers are called: {"birth_certificate": "出生医学证明"}."""
    kind = kind_of(name)
    kind.label, kind.slots = label, dict(slots or {})


def on_decision(name: str, listener: Listener) -> None:
    """listener(case, outcome) runs in the transaction in which the decision takes effect; outcome: approved, returned, rejected."""
    kind_of(name).listener = listener


def may_decide(name: str, rule: Rule) -> None:
    """rule(staff, subject): the sentence why this member must not decide this case (one's own family), or None."""
    kind_of(name).rule = rule


def facts_of(name: str, provider: Provider) -> None:
    """provider(subject): (label, value) in the order a reviewer compares them with the papers."""
    kind_of(name).provider = provider
