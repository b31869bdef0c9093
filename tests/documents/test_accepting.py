"""Taking a file: what it must be, what is left of it, and how much one person may keep."""

import io

import pytest
from flask import Flask
from PIL import Image

from app.accounts.models import Account
from app.core import blobs
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.documents import queries, store
from app.documents.models import PageState, Slot
from app.documents.service import accept_page, open_page
from tests.kit.at_once import at_once, named
from tests.kit.documents import OTHER_SUBJECT, SUBJECT, encode, make_pdf, make_photo, make_picture, patiently, photo_with_place


def accept(owner: Account, data: bytes, subject: str = SUBJECT, slot: str = "other") -> object:
    return accept_page(owner=owner, subject=subject, slot=slot, stream=io.BytesIO(data), name="IMG_1.jpg")


def opened(page: object) -> Image.Image:
    return Image.open(io.BytesIO(open_page(page, by=f"account:{page.owner_account_id}")))


def test_a_photo_is_written_anew_as_a_jpeg(subtests: pytest.Subtests, owner: Account) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        with subtests.test(kind=kind):
            page = accept(owner, make_photo(3000, 1500, kind))

            picture = opened(page)
            assert page.state is PageState.ready
            assert (picture.format, picture.size) == ("JPEG", (2400, 1200)) == ("JPEG", (page.width, page.height))
            assert page.byte_count == len(open_page(page, by=f"account:{owner.id}"))


def test_a_small_photo_keeps_its_size(owner: Account) -> None:
    assert opened(accept(owner, make_photo(640, 480))).size == (640, 480)


def test_a_photo_taken_upright_stays_upright(owner: Account) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    page = accept(owner, make_photo(640, 480, exif=exif.tobytes()))

    assert (page.width, page.height) == (480, 640)


def test_every_kind_of_pixel_is_read(subtests: pytest.Subtests, owner: Account) -> None:
    for mode in ("RGBA", "LA", "P", "L", "1", "I;16"):
        with subtests.test(mode=mode):
            picture = make_picture()
            if mode == "I;16":
                picture = Image.frombytes("I;16", (64, 64), bytes(64 * 64 * 2))

            page = accept(owner, encode(picture if mode == "I;16" else picture.convert(mode), "PNG"))

            assert opened(page).mode == "RGB"


def test_a_transparent_picture_is_laid_on_white_paper(owner: Account) -> None:
    page = accept(owner, encode(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"))

    assert opened(page).getpixel((50, 50)) == (255, 255, 255)


def test_nothing_that_came_with_the_photo_is_kept(owner: Account) -> None:
    page = accept(owner, photo_with_place() + b"PK\x03\x04 hidden behind the picture")

    kept = open_page(page, by=f"account:{owner.id}")
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert b"Secret" not in kept
    assert b"hidden" not in kept


def test_the_pages_of_a_pdf_become_pictures_in_their_order(owner: Account) -> None:
    accept(owner, make_photo())

    accept(owner, make_pdf(3))
    accept(owner, make_photo(100, 100))

    pages = queries.list_pages(SUBJECT)
    assert [page.state for page in pages] == [PageState.ready] * 5
    assert [page.width for page in pages] == [640, 1653, 1653, 1653, 100]
    assert queries.count_files(SUBJECT) == 3
    assert [name for name, _ in blobs.list_names("sources")] == []


def test_an_unknown_slot_or_subject_is_not_found(owner: Account) -> None:
    for subject, slot in [(SUBJECT, "passport"), ("nobody_asks:1", "other"), ("test_request:../1", "other")]:
        with pytest.raises(NotFound):
            accept(owner, make_photo(), subject, slot)

    assert list(blobs.list_names()) == []


def test_an_application_takes_so_many_files_and_no_more(owner: Account) -> None:
    for _ in range(settings.document_max_files):
        accept(owner, make_photo())

    with pytest.raises(DomainError, match="too_many_files"):
        accept(owner, make_photo())

    accept(owner, make_photo(), OTHER_SUBJECT)
    assert queries.count_files(SUBJECT) == len(list(blobs.list_names())) - 1 == settings.document_max_files


def test_parallel_uploads_do_not_get_past_the_limit(app: Flask, owner: Account) -> None:
    data, owner_id = make_photo(), owner.id

    def send() -> str:
        return patiently(lambda: accept(db.session.get_one(Account, owner_id), data))

    outcomes = named(at_once(app, [send] * (settings.document_max_files + 3)))

    assert sorted(outcomes) == ["taken"] * settings.document_max_files + ["too_many_files"] * 3
    assert len(list(blobs.list_names())) == settings.document_max_files


def test_what_is_kept_for_a_person_is_limited(app: Flask, owner: Account) -> None:
    object.__setattr__(app.config["SETTINGS"], "document_quota_megabytes", 0)

    with pytest.raises(DomainError, match="quota_full"):
        accept(owner, make_photo())

    assert list(blobs.list_names()) == []


def test_documents_cannot_be_read_on_the_disk(app: Flask, owner: Account) -> None:
    known = encode(Image.new("RGB", (64, 64), (1, 2, 3)), "JPEG", comment="known bytes of a household register")
    page = accept(owner, known)
    plain = open_page(page, by=f"account:{owner.id}")
    store.put("letters/1", b"known bytes of a letter")

    folder = blobs.local_folder()
    assert folder is not None
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != blobs.MARK]
    assert len(files) == 2
    for path in files:
        content = path.read_bytes()
        assert plain[:24] not in content and b"JFIF" not in content and b"known" not in content
        assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_opens_only_under_its_own_name(app: Flask) -> None:
    store.put("letters/1", b"one")
    sealed = blobs.get("letters/1")

    blobs.put("letters/2", sealed)
    blobs.put("letters/1", sealed[:-1])

    for name in ("letters/1", "letters/2"):
        with pytest.raises(store.Unreadable):
            store.get(name)


def test_a_view_by_staff_is_audited_and_the_owners_is_not(owner: Account) -> None:
    page = accept(owner, make_photo())

    open_page(page, by=f"account:{owner.id}")
    open_page(page, by="staff:3")

    rows = db.session.query(AuditRow).filter_by(tag="document:viewed").all()
    assert [(row.actor, row.subject) for row in rows] == [("staff:3", SUBJECT)]


def test_a_slot_is_listed_alone(owner: Account) -> None:
    accept(owner, make_photo(), slot="birth_certificate")
    accept(owner, make_photo(), slot="register_holder")

    assert [page.slot for page in queries.list_pages(SUBJECT, "register_holder")] == [Slot.register_holder]
