"""A backup file as it is given to us: unencrypted, or encrypted, with or without an identity that opens it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.core.database.encrypting import Identity, decrypted
from app.core.database.envelope import Envelope, read_envelope, require_intact


@dataclass(frozen=True, slots=True)
class Source:
    """envelope: of an encrypted backup, whose digest was checked. `str()` gives the path, for sentences."""

    path: Path
    envelope: Envelope | None = None
    identities: Sequence[Identity] = ()

    def __str__(self) -> str:
        return str(self.path)

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.path.stat().st_size

    @contextmanager
    def open(self) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
        """The packed backup, and a function that says how many bytes of the file were read. Raises BackupRejected."""
        if self.envelope is not None:
            with decrypted(self.path, self.envelope, self.identities) as opened:
                yield opened
            return
        with self.path.open("rb") as file:
            yield file, file.tell


def look_at(path: Path, identities: Sequence[Identity] = ()) -> Source:
    """Raises BackupRejected when an encrypted backup is cut off or not as its list says."""
    envelope = read_envelope(path)
    if envelope is not None:
        require_intact(path, envelope)
    return Source(path, envelope, identities)
