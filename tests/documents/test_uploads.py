"""A file in pieces, when the store fails or two connections send at once: what has arrived stays, or the person may begin anew."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Account
from app.core import blobs
from app.core.db import db
from app.core.errors import DomainError
from app.documents import queries, store
from app.documents.models import DocumentUpload, PageState
from app.documents.service import append_piece, begin_upload, join_pieces
from tests.documents.test_pdf_pages import spoil_file
from tests.kit.documents import SUBJECT, make_photo

PHOTO = make_photo()
HALF = len(PHOTO) // 2


def begun(owner: Account) -> DocumentUpload:
    """The unfinished upload of the photo, or a new one."""
    mark = hashlib.sha256(PHOTO).hexdigest()
    return begin_upload(owner, subject=SUBJECT, slot="other", size=len(PHOTO), fingerprint=mark)


def all_sent(owner: Account) -> DocumentUpload:
    for part in (PHOTO[:HALF], PHOTO[HALF:]):
        upload = begun(owner)
        assert append_piece(upload, upload.received, part)
    return begun(owner)


def names() -> list[str]:
    return [name for name, _written in blobs.list_names()]


@contextmanager
def unmounted(disk: Path) -> Iterator[None]:
    """An empty folder where the store's disk was; disk: where it is meanwhile."""
    folder = blobs.local_folder()
    assert folder is not None
    folder.rename(disk)
    folder.mkdir()
    yield
    folder.rmdir()
    disk.rename(folder)


def test_a_piece_that_cannot_be_kept_is_not_counted_and_may_be_sent_again(owner: Account, tmp_path: Path) -> None:
    join_pieces(all_sent(owner), owner)
    upload = begun(owner)

    with unmounted(tmp_path / "disk"):
        with pytest.raises(DomainError, match="store_unavailable") as caught:
            append_piece(upload, 0, PHOTO[:HALF])
        assert (caught.value.status, begun(owner).received) == (503, 0)

    assert append_piece(begun(owner), 0, PHOTO[:HALF])


def test_while_the_store_is_away_nothing_is_joined_and_nothing_is_lost(owner: Account, tmp_path: Path) -> None:
    join_pieces(all_sent(owner), owner)
    upload = all_sent(owner)

    with unmounted(tmp_path / "disk"), pytest.raises(DomainError, match="store_unavailable") as caught:
        join_pieces(upload, owner)

    assert caught.value.status == 503
    page = join_pieces(begun(owner), owner)
    assert page is not None and page.state is PageState.ready


@pytest.mark.parametrize("spoil", ["gone", "changed"])
def test_a_file_with_a_piece_gone_or_changed_is_refused_and_may_be_sent_anew(owner: Account, spoil: str) -> None:
    upload = all_sent(owner)
    old_id, first = upload.id, sorted(names())[0]
    spoil_file(first, spoil)

    with pytest.raises(DomainError, match="upload_broken"):
        join_pieces(upload, owner)

    assert (queries.list_pages(SUBJECT), names()) == ([], [])
    assert db.session.get(DocumentUpload, old_id) is None
    assert join_pieces(all_sent(owner), owner) is not None


def test_pieces_that_overwrote_each_other_become_no_page(app: Flask, owner: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections send different pieces for one place: the shorter one is counted, the longer one is written last."""
    upload, put = begun(owner), store.put

    def put_late(name: str, data: bytes) -> Any:
        monkeypatch.setattr(store, "put", put)
        assert append_piece(begun(owner), 0, PHOTO[: HALF - 1])
        put(name, data)

    monkeypatch.setattr(store, "put", put_late)

    counted = append_piece(upload, 0, PHOTO[:HALF])
    append_piece(begun(owner), HALF - 1, PHOTO[HALF - 1 :])

    assert not counted
    with pytest.raises(DomainError, match="upload_broken"):
        join_pieces(begun(owner), owner)
    assert (queries.list_pages(SUBJECT), names()) == ([], [])
