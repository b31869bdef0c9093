"""While two DATA_KEYs live side by side a number may be found under either hash, and no unique index sees that both are one."""

from app.core.crypto import vault
from app.core.locks import one_at_a_time


def claim(purpose: str, value: str) -> None:
    """Until this transaction ends nobody else brings the same value in: look for it after this. purpose: of `crypto.FOUND_BY`.

    Nothing to do under one key, where the index decides.
    """
    if len(vault.numbers) > 1:
        one_at_a_time(vault.hash_under(min(vault.numbers), purpose, value))
