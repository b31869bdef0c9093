"""Who is family of an account. Family is the business of a higher feature."""

from app.accounts.models import Account
from app.core.hooks import Hook

provide_relatives: Hook[[Account], list[int]] = Hook(
    "accounts.provide_relatives", "Which accounts (ids) are linked to this one, as holder or as member?"
)


def relatives_of(account: Account) -> list[int]:
    """Account ids, in order, each once, never the account itself."""
    found = {relative for relatives in provide_relatives(account) for relative in relatives}
    return sorted(found - {account.id})
