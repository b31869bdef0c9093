"""Where passkeys are of use."""

from app.accounts.visitor import current_visitor
from app.core.webauthn.site import find_site
from app.passkeys import queries


def may_unlock_here() -> bool:
    """Whether the lock page offers to unlock by passkey."""
    return current_visitor.is_authenticated and find_site() is not None and queries.has_passkey(current_visitor.account.id)


def may_add_here() -> bool:
    """An account with a display PIN, at an address that passkeys can belong to."""
    return current_visitor.account.is_activated and find_site() is not None


def should_offer() -> bool:
    """For the home page: offered once, after some use of the PIN, to people who have no passkey yet."""
    if not current_visitor.is_authenticated or not current_visitor.is_trusted or not may_add_here():
        return False
    return queries.is_offer_due(current_visitor.device.id) and not queries.has_passkey(current_visitor.account.id)
