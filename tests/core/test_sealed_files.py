import os

import pytest
from flask import Flask

from app.core import blobs
from app.core.sealed_files import PIECE_BYTES, CorruptFile, SealedWriter, delete_sealed, list_sealed, open_sealed


def write(name: str, data: bytes) -> None:
    with SealedWriter(name) as file:
        for start in range(0, len(data), 100_000):
            file.write(data[start : start + 100_000])
        file.finish()


def test_what_was_written_is_read_anywhere(app: Flask) -> None:
    data = os.urandom(2 * PIECE_BYTES + 17)
    write("tried/one", data)

    with open_sealed("tried/one") as file:
        assert file.read() == data
        file.seek(PIECE_BYTES - 5)
        assert file.read(10) == data[PIECE_BYTES - 5 : PIECE_BYTES + 5]
        file.seek(-7, os.SEEK_END)
        assert file.read() == data[-7:]


def test_nothing_of_it_lies_in_clear_and_deleted_it_is_gone(app: Flask) -> None:
    write("tried/one", b"510603" * 300_000)

    assert not any(b"510603" in blobs.get(name) for name, _written in blobs.list_names("tried"))
    delete_sealed("tried/one")
    assert list(list_sealed("tried")) == []


def test_a_file_that_was_broken_off_is_not_there_and_leaves_nothing(app: Flask) -> None:
    with SealedWriter("tried/one") as file:
        file.write(os.urandom(3 * PIECE_BYTES))

    assert list(list_sealed("tried")) == []
    with pytest.raises(blobs.NoSuchBlob):
        open_sealed("tried/one")


def test_pieces_that_were_cut_exchanged_or_moved_do_not_open(app: Flask) -> None:
    write("tried/one", os.urandom(2 * PIECE_BYTES))
    write("tried/two", os.urandom(2 * PIECE_BYTES))
    first, other = blobs.get("tried/one/00000000"), blobs.get("tried/two/00000000")

    for forged in (first[:-1], other, blobs.get("tried/one/00000001")):
        blobs.put("tried/one/00000000", forged)
        with open_sealed("tried/one") as file, pytest.raises(CorruptFile):
            file.read(1)
    blobs.delete("tried/one/00000000")
    with open_sealed("tried/one") as file, pytest.raises(CorruptFile):
        file.read(1)
