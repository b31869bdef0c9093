"""How a model marks a column whose content can prove a secret, and has to be re-encrypted under a new one:
`mapped_column(…, info=sealed(…))`."""

from dataclasses import dataclass
from typing import Any

NAMES_MASTER: dict[str, Any] = {"names_master": True}  # a column of ids of code masters


@dataclass(frozen=True)
class Sealed:
    """What `Vault.decrypt` needs to open the column: its purpose, and the column of the row it is bound to, empty for none.

    bond: the format in which a number from that column is bound. found_by: if that column is the keyed hash of what is sealed, what
    exactly is hashed: `{}` the text, `{name}` another column. lock: of work that must not run while the column is re-encrypted.
    """

    purpose: str
    bound_to: str = ""
    bond: str = "{}"
    found_by: str = ""
    lock: str = ""

    def bytes_of(self, bound: object) -> bytes:
        return bound if isinstance(bound, bytes) else self.bond.format(bound).encode() if self.bound_to else b""


def sealed(purpose: str, *, bound_to: str, found_by: str = "", lock: str = "") -> dict[str, Any]:
    """Can prove DATA_KEY, and is re-encrypted under a new one. bound_to: a column of bytes, or of numbers, bound as digits."""
    return {"sealed": Sealed(purpose, bound_to, found_by=found_by, lock=lock)}


def encrypted(purpose: str, *, bound_to: str = "", bond: str = "{}") -> dict[str, Any]:
    """Is re-encrypted under a new DATA_KEY."""
    return {"encrypted": Sealed(purpose, bound_to, bond)}
