"""Which codes an account may show: its own, and those that higher features add (family links)."""

from dataclasses import dataclass

from app.accounts.models import Account
from app.core.hooks import Hook
from app.credentials import queries
from app.credentials.models import CredentialStatus

OWN_COLOUR = 0


@dataclass(frozen=True, slots=True)
class Showable:
    """One code on this account's screen. label: 本人, or the relation (父亲); colour: 0 own, 1-5 the family's."""

    credential_id: int
    person_id: int
    name: str
    label: str
    status: CredentialStatus
    shown_by: str = "self"  # self | family
    colour: int = OWN_COLOUR
    link_id: int | None = None


provide_showables: Hook[[Account], list[Showable]] = Hook(
    "credentials.provide_showables", "Whose codes does this account show besides its own?"
)


def list_showables(account: Account) -> list[Showable]:
    """The account's own code first, then the family's; only credentials that have not ended."""
    own = find_own_showable(account)
    return ([own] if own else []) + [showable for added in provide_showables(account) for showable in added]


def find_own_showable(account: Account) -> Showable | None:
    """None before activation, and after the credential has ended."""
    own = queries.find_own(account.person_id) if account.person_id else None
    return Showable(own[0], own[1], own[2], "", own[3]) if own else None


def find_showable(account: Account, credential_id: int) -> Showable | None:
    """None for a credential this account may not show; what it owns or is linked to decides."""
    return next((showable for showable in list_showables(account) if showable.credential_id == credential_id), None)
