"""Large files in the sealed store: written and read piece by piece, in bounded memory, never unencrypted on disk.

A file is a folder of blobs: `00000000`, `00000001` … each sealed under the file's own key and bound to its name and place
(AES-256-GCM, NIST SP 800-38D), and `head`, written last: the wrapped key and the number of bytes. A file without its head does not
exist, so an interrupted one leaves nothing that opens; with the head, no piece can be missing, moved or exchanged unnoticed.
"""

import io
import os
import struct
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

from app.core import blobs, store_mark
from app.core.crypto import NONCE_BYTES, number_of, vault
from app.core.flask_types import itself

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PIECE_BYTES = 1 << 20
_KEPT_PIECES = 4  # decrypted, in memory, for each open file
_HEAD = "head"
_PURPOSE = "sealed-file"
_KEY_BYTES = 32
HEAD_ENDING = f"/{_HEAD}"  # follows the name of a file: the blob without which the file does not exist


class CorruptFile(RuntimeError):
    """What is stored under this name was changed, moved or sealed under another key."""


class SealedWriter(io.RawIOBase):
    """A file that can only be written. Closing it without `finish` removes what was written."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.size = name, 0
        self._key = os.urandom(_KEY_BYTES)
        self._cipher = AESGCM(self._key)
        self._pending = bytearray()
        self._pieces, self._is_finished = 0, False

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Raises blobs.StoreUnavailable."""
        plain = memoryview(data).cast("B")
        self._pending += plain
        self.size += len(plain)
        while len(self._pending) >= PIECE_BYTES:
            self._put(bytes(self._pending[:PIECE_BYTES]))
            del self._pending[:PIECE_BYTES]
        return len(plain)

    def finish(self) -> None:
        """From here on the file exists. Raises blobs.StoreUnavailable."""
        if self._pending:
            self._put(bytes(self._pending))
            self._pending.clear()
        head = self._key + struct.pack(">Q", self.size)
        if not self._pieces:
            store_mark.require_ours()
        blobs.put(f"{self.name}/{_HEAD}", vault.encrypt(_PURPOSE, head, bound_to=self.name.encode()))
        self._is_finished = True

    def close(self) -> None:
        if not self.closed and not self._is_finished:
            with suppress(blobs.StoreUnavailable):  # a sweep by the feature that owns the file finds the pieces
                for place in range(self._pieces):
                    blobs.delete(_piece(self.name, place))
        super().close()

    def _put(self, plain: bytes) -> None:
        if not self._pieces:
            store_mark.require_ours()
        name, nonce = _piece(self.name, self._pieces), os.urandom(NONCE_BYTES)
        self._pieces += 1
        blobs.put(name, nonce + self._cipher.encrypt(nonce, plain, name.encode()))


class SealedReader(io.RawIOBase):
    """A file that can be read from any position, with only a few pieces in memory. Raises blobs.NoSuchBlob, CorruptFile."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        head = _opened_head(name)
        self._cipher = AESGCM(head[:_KEY_BYTES])
        self.size: int
        (self.size,) = struct.unpack(">Q", head[_KEY_BYTES:])
        self._at: int = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the file's beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        into = memoryview(buffer).cast("B")
        place, within = divmod(self._at, PIECE_BYTES)
        wanted = min(len(into), self.size - self._at, PIECE_BYTES - within)
        if wanted <= 0:
            return 0
        into[:wanted] = self._piece(place)[within : within + wanted]
        self._at += wanted
        return wanted

    def _piece(self, place: int) -> bytes:
        plain = self._kept.get(place)
        if plain is None:
            plain = self._kept[place] = self._opened(place)
            if len(self._kept) > _KEPT_PIECES:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(place)
        return plain

    def _opened(self, place: int) -> bytes:
        name = _piece(self.name, place)
        try:
            sealed = blobs.get(name)
            plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, blobs.NoSuchBlob):
            raise CorruptFile(name) from None
        if len(plain) != min(PIECE_BYTES, self.size - place * PIECE_BYTES):
            raise CorruptFile(name)
        return plain


def open_sealed(name: str) -> io.BufferedReader:
    """Raises blobs.NoSuchBlob, blobs.StoreUnavailable, CorruptFile."""
    return io.BufferedReader(SealedReader(name), buffer_size=1 << 16)


def pieces_of(name: str) -> tuple[int, Iterator[bytes]]:
    """(size in bytes, the content piece by piece) for a response. Raises before the response begins if the head does not open."""
    reader = SealedReader(name)
    app = itself(current_app)

    def pieces() -> Iterator[bytes]:
        piece: bytes | None = b"."
        while piece:  # a response is sent after its request has ended, and the store needs an app context
            with app.app_context():
                piece = reader.read(PIECE_BYTES)
            yield piece or b""

    return reader.size, pieces()


def opens(blob: str, data: bytes) -> bool:
    """Whether one blob of a file is as it was written, under the present secrets. A piece without a head belongs to no file."""
    name, _slash, place = blob.rpartition("/")
    try:
        head = vault.decrypt(_PURPOSE, data if place == _HEAD else blobs.get(f"{name}/{_HEAD}"), bound_to=name.encode())
        if place != _HEAD:
            AESGCM(head[:_KEY_BYTES]).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], blob.encode())
    except blobs.NoSuchBlob:
        return True
    except (ValueError, InvalidTag):
        return False
    return True


def reseal(blob: str, data: bytes) -> bytes | None:
    """A head under the DATA_KEY that writes now; None if it is so already, or for a piece, whose key is in the head. Raises
    ValueError."""
    name, _slash, place = blob.rpartition("/")
    if place != _HEAD or number_of(data)[0] == vault.writer:
        return None
    return vault.encrypt(_PURPOSE, vault.decrypt(_PURPOSE, data, bound_to=name.encode()), bound_to=name.encode())


def delete_sealed(name: str) -> None:
    """Deleting what is not there is no error. The head goes first. Raises blobs.StoreUnavailable."""
    blobs.delete(f"{name}/{_HEAD}")
    for piece, _written in list(blobs.list_names(name)):
        blobs.delete(piece)


def list_sealed(folder: str) -> Iterator[tuple[str, datetime]]:
    """(name, when its first blob was written) of every file below the folder, complete or not. For sweeps, so it lists nothing of
    a store that is not this installation's."""
    if not store_mark.is_ours():
        return
    seen: dict[str, datetime] = {}
    for blob, written in blobs.list_names(folder):
        name = blob.rpartition("/")[0]
        seen[name] = min(written, seen.get(name, written))
    yield from seen.items()


def _piece(name: str, place: int) -> str:
    return f"{name}/{place:08d}"


def _opened_head(name: str) -> bytes:
    try:
        return vault.decrypt(_PURPOSE, blobs.get(f"{name}/{_HEAD}"), bound_to=name.encode())
    except ValueError:
        raise CorruptFile(name) from None
