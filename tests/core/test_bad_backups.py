"""A backup that was cut, changed or built by somebody is refused in one sentence and harms nothing."""

import gzip
import hashlib
import re
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.core import blobs, clock, installation
from app.core.audit.seal import seal_pending
from app.core.database.backup import create_backup
from app.core.database.copying import count_rows
from app.core.db import db, transaction
from app.core.installation import Profile, set_profile
from app.core.settings import settings
from app.messages.models import DemoSms
from app.version import VERSION
from tests.kit.backups import Members, manifest_of, member, rebuilt, with_manifest


@pytest.fixture
def made(app: Flask, tmp_path: Path) -> Path:
    """A good backup, and the database and the store empty again."""
    folder = tmp_path / "backups"
    folder.mkdir()
    installation.set_kind(settings.app_mode)
    set_profile(Profile("某市医疗保障局"), by="system")
    with transaction():
        db.session.add_all([DemoSms(phone_hash=bytes([n]) * 32, text="短信", sent_at=clock.now()) for n in range(3)])
    seal_pending(everything=True)
    blobs.put("files/one", b"first")
    blobs.put("files/two", b"second" * 2000)
    create_backup(folder / "b.tar.gz")
    empty()
    return folder / "b.tar.gz"


def empty() -> None:
    with transaction():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
    for name, _written in list(blobs.list_names()):
        blobs.delete(name)


def run(app: Flask, *arguments: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["backup", *arguments])


def flip(path: Path, place: int) -> Path:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x40
    changed = path.with_name("flipped")
    changed.write_bytes(data)
    return changed


def cut(path: Path, size: int) -> Path:
    shorter = path.with_name("cut")
    shorter.write_bytes(path.read_bytes()[:size])
    return shorter


def without(name: str) -> Callable[[Members], object]:
    return lambda members: members.__setitem__(slice(None), [m for m in members if m[0].name != name])


def before_manifest(*more: tuple[tarfile.TarInfo, bytes]) -> Callable[[Members], object]:
    return lambda members: members.__setitem__(slice(0, 0), list(more))


def appended(path: Path) -> Path:
    longer = path.with_name("longer")
    longer.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()) + b"more"))
    return longer


def other_document(members: Members) -> None:
    place = next(i for i, (entry, _data) in enumerate(members) if entry.name == "documents/files/one")
    members[place] = (members[place][0], b"other")


def plain(path: Path) -> Path:
    other = path.with_name("plain")
    other.write_text("not a backup")
    return other


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "cut in the middle": (lambda p: cut(p, p.stat().st_size // 2), "cut off"),
    "cut by eight bytes": (lambda p: cut(p, p.stat().st_size - 8), "cut off"),
    "empty": (lambda p: cut(p, 0), "not a backup|cut off"),
    "another file": (plain, "is not a backup"),
    "a byte flipped": (lambda p: flip(p, p.stat().st_size // 2), "changed|cut off|damaged"),
    "a wrong checksum": (lambda p: flip(p, p.stat().st_size - 6), "checksum"),
    "something behind its end": (appended, "behind its end"),
    "climbing": (lambda p: rebuilt(p, before_manifest(member("documents/../../evil"))), "no name a backup has"),
    "climbing higher": (lambda p: rebuilt(p, before_manifest(member("../evil"))), "no name a backup has"),
    "absolute": (lambda p: rebuilt(p, before_manifest(member("/tmp/evil"))), "no name a backup has"),
    "hidden": (lambda p: rebuilt(p, before_manifest(member("documents/.ssh/keys"))), "no name a backup has"),
    "a link": (
        lambda p: rebuilt(p, before_manifest(member("documents/a", type=tarfile.SYMTYPE, linkname="/etc/passwd", size=0))),
        "a link, a device or a folder",
    ),
    "a hard link": (
        lambda p: rebuilt(p, before_manifest(member("documents/a", type=tarfile.LNKTYPE, linkname="database.sqlite3", size=0))),
        "a link, a device or a folder",
    ),
    "a device": (
        lambda p: rebuilt(p, before_manifest(member("documents/a", type=tarfile.CHRTYPE, devmajor=1, devminor=3, size=0))),
        "a link, a device or a folder",
    ),
    "a pipe": (
        lambda p: rebuilt(p, before_manifest(member("database.sqlite3", type=tarfile.FIFOTYPE, size=0))),
        "a link, a device or a folder",
    ),
    "twice": (lambda p: rebuilt(p, before_manifest(member("documents/files/one"))), "in it twice"),
    "no database": (lambda p: rebuilt(p, without("database.sqlite3")), "no database"),
    "no manifest": (lambda p: rebuilt(p, without("manifest.json")), "manifest is missing"),
    "a document less": (lambda p: rebuilt(p, without("documents/files/one")), "files/one is not in it"),
    "a document more": (
        lambda p: rebuilt(p, before_manifest(member("documents/files/three"))),
        "files/three is not in its manifest",
    ),
    "another document": (lambda p: rebuilt(p, other_document), "files/one is not as its manifest says"),
    "lies about rows": (
        lambda p: with_manifest(p, tables=manifest_of(p)["tables"] | {"demo_sms": 4}),
        "4 rows of demo_sms, its database 3",
    ),
    "lies about a table": (lambda p: with_manifest(p, tables=manifest_of(p)["tables"] | {"gold": 1}), "rows of gold"),
    "lies about the database": (lambda p: with_manifest(p, database="00" * 32), "not the one of its manifest"),
    "lies about the migration": (lambda p: with_manifest(p, revision="0001"), "says migration 0001"),
    "lies about the audit log": (lambda p: with_manifest(p, head={"number": 99, "mac": "00"}), "another last seal"),
    "lies about the moment": (lambda p: with_manifest(p, created_at="2020-01-01T00:00:00+00:00"), "does not fit it"),
    "a manifest of words": (lambda p: with_manifest(p, tables=[]), "manifest cannot be read"),
    "a newer format": (lambda p: with_manifest(p, format=3, version="9.1.0", gold="1"), "9.1.0, which is newer than this program"),
}


def test_a_bad_backup_is_refused_in_one_sentence_and_harms_nothing(app: Flask, made: Path, tmp_path: Path) -> None:
    """One test for the whole list: making the good one, which is restored after them all, takes longest."""
    for fault, (build, words) in BAD.items():
        bad = build(made)

        verified = run(app, "verify", str(bad))
        restored = run(app, "restore", str(bad))

        for ended in (verified, restored):
            said = [line for line in ended.stderr.splitlines() if line]
            assert ended.exit_code == 1 and len(said) == 1 and said[0].startswith("Error: "), (fault, ended.output)
            assert re.search(words, said[0]), (fault, said)
        assert count_rows(db.engine) == 0 and list(blobs.list_names()) == [], fault
        assert not installation.restoring_path().exists(), f"{fault}: nothing was begun"
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith("backup-")] == [], f"{fault}: nothing is left"

    verified = run(app, "verify", str(made))
    restored = run(app, "restore", str(made))
    assert verified.exit_code == 0 and f"is whole: version {VERSION}" in verified.output
    assert "the secrets of this installation fit it" in verified.output
    assert restored.exit_code == 0, restored.output
    assert blobs.get("files/one") == b"first"


def test_a_backup_of_a_migration_nobody_knows_is_said_to_be_newer(app: Flask, made: Path, tmp_path: Path) -> None:
    def age(members: Members) -> None:
        for place, (entry, data) in enumerate(members):
            if entry.name == "database.sqlite3":
                file = tmp_path / "newer.sqlite3"
                file.write_bytes(data)
                connection = sqlite3.connect(file)
                connection.execute("UPDATE alembic_version SET version_num = '209901010000'")
                connection.commit()
                connection.close()
                members[place] = (entry, file.read_bytes())

    newer = rebuilt(made, age)
    digest = hashlib.sha256((tmp_path / "newer.sqlite3").read_bytes()).hexdigest()
    newer = with_manifest(newer, revision="209901010000", database=digest, version="3.0.0")

    restored = run(app, "restore", str(newer))

    assert restored.exit_code == 1
    assert "made by 3.0.0 (migration 209901010000), which is newer than this program" in restored.stderr
    assert count_rows(db.engine) == 0
