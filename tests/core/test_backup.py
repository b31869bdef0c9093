"""Making a backup: what is wrong is named and the rest is kept; where it cannot be made, nothing is left behind."""

import io
from pathlib import Path
from threading import Thread

import pytest
from click.testing import Result
from flask import Flask, current_app

from app.accounts.models import Account
from app.core import audit, blobs, clock, installation
from app.core.audit.seal import head_path, seal_pending
from app.core.audit_tags import InstallationTag
from app.core.database.backup import ROOM, create_backup
from app.core.database.workroom import workroom
from app.core.db import db, transaction
from app.core.installation import Profile, set_profile
from app.core.settings import settings
from app.documents.models import DocumentPage
from app.documents.service import accept_page
from app.messages.models import DemoSms
from app.version import VERSION
from tests.kit.backups import manifest_of, read_members
from tests.kit.documents import SUBJECT, make_photo, take_papers
from tests.kit.people import make_activated_account
from tests.kit.small_disk import small_disk


@pytest.fixture
def owner(app: Flask) -> Account:
    installation.set_kind(settings.app_mode)
    set_profile(Profile("某市医疗保障局"), by="system")
    return make_activated_account()


def accept(owner: Account) -> DocumentPage:
    take_papers(current_app)
    return accept_page(owner=owner, subject=SUBJECT, slot="other", stream=io.BytesIO(make_photo()))


def write_and_seal(app: Flask) -> None:
    with app.app_context():
        with transaction():
            audit.record(InstallationTag.named, actor="system", subject="installation:1")
        seal_pending(everything=True)
        db.session.remove()


def run(app: Flask, *arguments: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["backup", *arguments])


def test_the_manifest_says_what_is_in_it(app: Flask, owner: Account, tmp_path: Path) -> None:
    page = accept(owner)
    seal_pending(everything=True)

    made = create_backup(tmp_path / "b.tar.gz")

    said = manifest_of(tmp_path / "b.tar.gz")
    assert (said["format"], said["version"], said["kind"], said["bureau"]) == (2, VERSION, "demo", "某市医疗保障局")
    assert list(said["documents"]) == [page.object_name] and made.is_whole
    assert sum(said["tables"].values()) == made.rows and said["tables"]["document_page"] == 1
    assert said["head"]["number"] == 1 and said["mac"]
    assert [member.name for member, _data in read_members(tmp_path / "b.tar.gz")][-1] == "manifest.json"


def test_the_head_is_the_snapshots_own_seal_and_not_the_one_published_later(app: Flask, owner: Account, tmp_path: Path) -> None:
    seal_pending(everything=True)
    rows_seen: list[int] = []

    def seal_meanwhile(label: str, count: int, total: int) -> None:
        """As the elected sealer does while the rows are copied; on SQLite beside an open snapshot, too."""
        if label == "rows" and not rows_seen:
            rows_seen.append(count)
            sealer = Thread(target=write_and_seal, args=(app,))
            sealer.start()
            sealer.join()

    create_backup(tmp_path / "b.tar.gz", seal_meanwhile)

    members = {member.name: data for member, data in read_members(tmp_path / "b.tar.gz")}
    assert '"number": 2' in head_path().read_text()
    assert b'"number": 1' in members["audit-head.json"]


def test_a_missing_and_a_spoilt_document_are_named_and_the_rest_is_kept(app: Flask, owner: Account, tmp_path: Path) -> None:
    missing, spoilt, good = (str(accept(owner).object_name) for _page in range(3))
    blobs.delete(missing)
    sealed = blobs.get(spoilt)
    blobs.put(spoilt, sealed[:-1] + bytes([sealed[-1] ^ 1]))  # one byte in 256 is any other byte already

    ended = run(app, "create", str(tmp_path / "b.tar.gz"))
    verified = run(app, "verify", str(tmp_path / "b.tar.gz"))

    assert ended.exit_code == 3
    assert f"1 documents are missing from the store and are not in the backup: {missing}" in ended.stderr
    assert f"1 documents in the store are spoilt and are in the backup as they are: {spoilt}" in ended.stderr
    assert good in manifest_of(tmp_path / "b.tar.gz")["documents"]
    assert verified.exit_code == 0 and "1 documents were missing, 1 spoilt" in verified.output


def test_a_log_that_was_cut_before_is_not_covered_up(app: Flask, owner: Account, tmp_path: Path) -> None:
    seal_pending(everything=True)
    head_path().write_text('{"number": 7, "mac": "00"}')

    ended = run(app, "create", str(tmp_path / "b.tar.gz"))

    assert ended.exit_code == 3 and "does not reach its published head, seal 7" in ended.stderr
    assert "its end was cut" in run(app, "verify", str(tmp_path / "b.tar.gz")).output


def test_a_full_disk_leaves_nothing_behind_and_the_next_try_works(app: Flask, owner: Account, tmp_path: Path) -> None:
    target = tmp_path / "disk" / "b.tar.gz"
    with small_disk(tmp_path / "disk", 600) as disk:
        ended = run(app, "create", str(target))

        assert ended.exit_code == 1 and len(ended.stderr.strip().splitlines()) == 1
        assert "could not be written" in ended.stderr and "nothing was left behind" in ended.stderr
        assert list(disk.iterdir()) == []
    assert run(app, "create", str(target)).exit_code == 0


def test_what_a_killed_backup_left_is_cleared_away(app: Flask, owner: Account, tmp_path: Path) -> None:
    (tmp_path / ROOM).mkdir()
    (tmp_path / ROOM / "database.sqlite3").write_bytes(b"half")

    ended = run(app, "create", str(tmp_path / "b.tar.gz"))

    assert ended.exit_code == 0, ended.output
    assert not (tmp_path / ROOM).exists()


def test_two_backups_into_one_folder_do_not_meet(app: Flask, owner: Account, tmp_path: Path) -> None:
    with workroom(tmp_path / ROOM):
        ended = run(app, "create", str(tmp_path / "b.tar.gz"))

    assert ended.exit_code == 1 and "another backup is being written" in ended.stderr
    assert not (tmp_path / "b.tar.gz").exists()


def test_what_is_there_is_never_overwritten(app: Flask, owner: Account, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    taken, linked = run(app, "create", str(tmp_path / "mine")), run(app, "create", str(tmp_path / "link"))

    assert taken.exit_code == linked.exit_code == 1 and "was left alone" in taken.stderr
    assert (tmp_path / "mine").read_text() == "mine" and not (tmp_path / "nowhere").exists()


def test_an_empty_database_is_nothing_to_back_up(app: Flask, tmp_path: Path) -> None:
    ended = run(app, "create", str(tmp_path / "b.tar.gz"))

    assert ended.exit_code == 1 and "holds no bureau yet" in ended.stderr
    assert list(tmp_path.glob("*.gz")) == []


def test_a_document_that_comes_while_the_others_are_read_is_in_it(app: Flask, owner: Account, tmp_path: Path) -> None:
    accept(owner)
    late: list[str] = []

    def send_another(label: str, count: int, total: int) -> None:
        if label == "documents" and not late:
            late.append("")
            late[0] = str(accept(owner).object_name)

    made = create_backup(tmp_path / "b.tar.gz", send_another)

    said = manifest_of(tmp_path / "b.tar.gz")
    assert late[0] in said["documents"] and said["tables"]["document_page"] == 2 and made.missing == []


def test_a_row_written_a_moment_later_is_in_the_next_backup(app: Flask, owner: Account, tmp_path: Path) -> None:
    with transaction():
        db.session.add(DemoSms(phone_hash=bytes(32), text="短信", sent_at=clock.now()))

    create_backup(tmp_path / "b.tar.gz")

    assert manifest_of(tmp_path / "b.tar.gz")["tables"]["demo_sms"] == 1
