"""SECRET_KEY in the form in which itsdangerous takes a list of keys: the last one signs, all of them verify."""

from collections.abc import Iterator

from flask import Flask

from app.core import clock
from app.key_lists import Key, writing_key


class SigningKeys:
    """Evaluated at every signature, so that all processes change to a new key at the moment it begins."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __iter__(self) -> Iterator[str]:
        keys = self._keys
        newest = writing_key(keys, clock.timestamp())
        yield from (key.secret for key in reversed(keys) if key is not newest)
        yield newest.secret

    @property
    def number(self) -> int:
        """The number of the key that signs now; 0 for none."""
        keys = self._keys
        if len(keys) > 1:
            return writing_key(keys, clock.timestamp()).number
        return keys[0].number if keys else 0

    @property
    def _keys(self) -> tuple[Key, ...]:
        found: tuple[Key, ...] = self._app.config["SETTINGS"].secret_keys
        return found
