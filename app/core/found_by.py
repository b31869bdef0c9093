"""While there are two DATA_KEYs a number may be stored under either hash, and no unique index sees that the two are the same."""

from app.core.crypto import vault
from app.core.locks import one_at_a_time


def claim(purpose: str, value: str) -> None:
    """Keeps others from adding the same value until this transaction ends: call it, then look. purpose: of `crypto.FOUND_BY`.

    Does nothing while there is only one key, because then the unique index decides.
    """
    if len(vault.numbers) > 1:
        one_at_a_time(vault.hash_under(min(vault.numbers), purpose, value))
