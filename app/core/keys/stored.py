"""What a model says of a column so that what is stored in it can prove a secret: `mapped_column(…, info=sealed(…))`."""

from dataclasses import dataclass
from typing import Any

NAMES_MASTER: dict[str, Any] = {"names_master": True}  # a column of ids of code masters


@dataclass(frozen=True)
class Sealed:
    """What `Vault.decrypt` needs to open the column: its purpose, and the column of the row it is bound to."""

    purpose: str
    bound_to: str


def sealed(purpose: str, *, bound_to: str) -> dict[str, Any]:
    """bound_to: a column of bytes, or of numbers whose digits are meant."""
    return {"sealed": Sealed(purpose, bound_to)}
