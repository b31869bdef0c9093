"""Which accounts are family of an account. A higher feature provides them."""

from app.accounts.models import Account
from app.core.hooks import Hook

provide_relatives: Hook[[Account], list[int]] = Hook(
    "accounts.provide_relatives", "Which accounts (ids) are linked to this one, as holder or as member?"
)


def relatives_of(account: Account) -> list[int]:
    """Account ids, sorted and without duplicates, never the account itself."""
    found = {relative for relatives in provide_relatives(account) for relative in relatives}
    return sorted(found - {account.id})
