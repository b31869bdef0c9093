"""What a model says of a column so that what is stored in it can prove a secret, and be written anew under another:
`mapped_column(…, info=sealed(…))`."""

from dataclasses import dataclass
from typing import Any

NAMES_MASTER: dict[str, Any] = {"names_master": True}  # a column of ids of code masters


@dataclass(frozen=True)
class Sealed:
    """What `Vault.decrypt` needs to open the column: its purpose, and the column of the row it is bound to; none for neither.

    bond: how a number of that column is written to be bound to. found_by: where that column is the keyed hash of what is sealed,
    what exactly is hashed: `{}` the text, `{name}` another column. lock: work that must not be under way while it is written anew.
    """

    purpose: str
    bound_to: str = ""
    bond: str = "{}"
    found_by: str = ""
    lock: str = ""

    def bytes_of(self, bound: object) -> bytes:
        return bound if isinstance(bound, bytes) else self.bond.format(bound).encode() if self.bound_to else b""


def sealed(purpose: str, *, bound_to: str, found_by: str = "", lock: str = "") -> dict[str, Any]:
    """Proves DATA_KEY, and is written anew under a new one. bound_to: a column of bytes, or of numbers whose digits are meant."""
    return {"sealed": Sealed(purpose, bound_to, found_by=found_by, lock=lock)}


def encrypted(purpose: str, *, bound_to: str = "", bond: str = "{}") -> dict[str, Any]:
    """Is written anew under a new DATA_KEY."""
    return {"encrypted": Sealed(purpose, bound_to, bond)}
