"""Who is family of an account. Family is the business of a higher feature: it registers what knows."""

from collections.abc import Callable

from app.accounts.models import Account

Provider = Callable[[Account], list[int]]
_providers: list[Provider] = []


def find_relatives_with(provider: Provider) -> None:
    """`provider(account)` gives the ids of the accounts linked to it, as holder or as member."""
    if provider not in _providers:
        _providers.append(provider)


def relatives_of(account: Account) -> list[int]:
    """Account ids, in order, each once, never the account itself."""
    found = {relative for provider in _providers for relative in provider(account)}
    return sorted(found - {account.id})
