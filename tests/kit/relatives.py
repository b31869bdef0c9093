"""A family at the edge of the house: who is related to whom, and what relatives are told. Empty between tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from app.accounts.models import Account
from app.accounts.service import IdentityEvent, on_identity_changed, provide_relatives

_related: dict[int, list[int]] = {}
_events: list[IdentityEvent] = []


def _note(event: IdentityEvent) -> None:
    _events.append(event)


def _list_related(account: Account) -> list[int]:
    return _related.get(account.id, [])


@contextmanager
def family() -> Iterator[tuple[dict[int, list[int]], list[IdentityEvent]]]:
    """The relatives' account ids by account id, to be filled; and the events so far."""
    provide_relatives.listen(current_app, _list_related)
    on_identity_changed.listen(current_app, _note)
    _related.clear()
    _events.clear()
    yield _related, _events
    _related.clear()
