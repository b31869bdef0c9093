"""A backup that is encrypted shows nothing to who steals it, opens for every key it was made for, and lies for nobody."""

import gzip
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest
from click.testing import Result
from flask import Flask

from app.config import Mode
from app.core import blobs, installation
from app.core.database import encrypting as encrypting_files
from app.core.database import encryption_notes
from app.core.database.backup import create_backup
from app.core.database.copying import count_rows
from app.core.database.encrypting import BadIdentity, encrypted, new_identity, read_identities
from app.core.database.envelope import EnvelopeWriter
from app.core.db import db
from app.core.settings import settings
from app.version import VERSION
from tests.kit.backups import read_members, write_members
from tests.kit.databases import Databases
from tests.kit.lost_bureau import assert_whole, bureau, fill_bureau
from tests.kit.people import make_person
from tests.kit.small_disk import small_disk

PHRASE = "短语 four words of one's own"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Path]]:
    """(public key, the file of the identity): of the safe, which a passphrase closes, of the drill, and a stranger's."""
    made, tmp_path = {}, tmp_path_factory.mktemp("keys")
    for name, phrase in (("safe", PHRASE), ("drill", ""), ("other", "")):
        public, said = new_identity(phrase)
        (tmp_path / f"{name}.key").write_bytes(said)
        made[name] = (public, tmp_path / f"{name}.key")
    return made


@pytest.fixture(scope="module")
def sealed(databases: Databases, keys: dict[str, tuple[str, Path]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A backup for the safe and for the drill, and how many rows are in it."""
    tmp_path = tmp_path_factory.mktemp("lost")
    target = tmp_path / "backups" / "b.pz"
    target.parent.mkdir()
    with databases.fresh("sqlite") as url, bureau(url, tmp_path / "old") as app, encrypting(app, "safe", "drill", keys=keys):
        fill_bureau(rows=50, documents=3)
        make_person(name="欧阳某某")
        rows = count_rows(db.engine)

        ended = run(app, "create", str(target))

        assert ended.exit_code == 0 and f"encrypted to {keys['safe'][0]}, {keys['drill'][0]}" in ended.output
        assert [path.name for path in target.parent.iterdir()] == ["b.pz"] and target.stat().st_mode & 0o777 == 0o600
    return target, rows


@contextmanager
def encrypting(app: Flask, *names: str, keys: dict[str, tuple[str, Path]]) -> Iterator[None]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, backup_recipients=",".join(keys[name][0] for name in names))
    yield
    app.config["SETTINGS"] = before


def run(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["backup", *arguments], input=typed)


def inside(source: Path, identity: Path) -> bytes:
    """As an operator without this program opens it: tar, then age."""
    key = next(line for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY"))
    with tarfile.open(source) as outer:
        stream = outer.extractfile("backup.tar.gz.age")
        assert stream is not None and outer.getnames() == ["backup.tar.gz.age", "envelope.json"]
        return pyrage.decrypt(stream.read(), [pyrage.x25519.Identity.from_str(key)])


def test_who_steals_it_reads_no_name_and_the_drill_key_opens_it_without_this_program(
    sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]], tmp_path: Path
) -> None:
    source, _rows = sealed

    opened = inside(source, keys["drill"][1])

    (tmp_path / "b.tar.gz").write_bytes(opened)
    database = next(data for member, data in read_members(tmp_path / "b.tar.gz") if member.name == "database.sqlite3")
    assert "欧阳某某".encode() in database, "what a backup in clear shows"
    stolen = source.read_bytes()
    assert "欧阳某某".encode() not in stolen and b"SQLite" not in stolen and gzip.compress(b"")[:2] + b"\x08" not in stolen[:1024]


def test_without_a_key_every_digest_is_checked_and_it_is_said_that_no_more_was_seen(app: Flask, sealed: tuple[Path, int]) -> None:
    source, _rows = sealed

    ended = run(app, "verify", str(source))

    assert ended.exit_code == 0 and "every byte of" in ended.output and "no more was seen" in ended.output
    assert "is whole" not in ended.output


def test_with_a_key_it_is_read_to_its_end(app: Flask, sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]]) -> None:
    source, rows = sealed

    ended = run(app, "verify", str(source), "--identity", str(keys["drill"][1]))

    assert ended.exit_code == 0, ended.output
    assert f"is whole: version {VERSION}" in ended.output and f"{rows} rows and 3 documents" in ended.output
    assert "the secrets of this installation fit it" in ended.output


def test_it_is_restored_with_the_identity_of_the_safe_whose_passphrase_is_typed(
    app: Flask, sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]]
) -> None:
    source, rows = sealed

    ended = run(app, "restore", str(source), "--identity", str(keys["safe"][1]), typed=f"{PHRASE}\n")

    assert ended.exit_code == 0, ended.output
    assert PHRASE not in ended.output
    assert_whole(rows, 3)


def test_the_passphrase_comes_from_a_file_or_the_environment_as_well(
    app: Flask, sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]], tmp_path: Path
) -> None:
    source, _rows = sealed
    file = tmp_path / "phrase"
    file.write_text(f"{PHRASE}\n")
    wrong = tmp_path / "wrong"
    wrong.write_text("another\n")
    verify = ("verify", str(source), "--identity", str(keys["safe"][1]))

    by_file = run(app, *verify, "--passphrase-file", str(file))
    by_wrong = run(app, *verify, "--passphrase-file", str(wrong))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], backup_passphrase=PHRASE)
    by_environment = run(app, *verify)

    assert by_file.exit_code == by_environment.exit_code == 0
    assert by_wrong.exit_code == 1 and by_wrong.stderr == f"Error: {keys['safe'][1]} is not opened by this passphrase\n"


def test_a_key_that_takes_too_much_work_is_not_called_wrong(tmp_path: Path) -> None:
    _public, locked = new_identity(PHRASE)
    made = pyrage.passphrase.encrypt(locked, PHRASE).split(b"\n")
    made[1] = made[1].rpartition(b" ")[0] + b" 40"
    (tmp_path / "slow.key").write_bytes(b"\n".join(made))

    with pytest.raises(BadIdentity, match="takes more work to open than this machine can do now"):
        read_identities(tmp_path / "slow.key", lambda: PHRASE)


def test_a_machine_that_was_busy_for_a_moment_opens_it_all_the_same(
    keys: dict[str, tuple[str, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_it, busy = pyrage.passphrase.decrypt, iter([True] * 3)

    def decrypt(data: bytes, passphrase: str) -> bytes:
        if next(busy, False):
            raise pyrage.DecryptError("Excessive work parameter for passphrase.\nDecryption would take around 16 seconds.")
        return bytes(open_it(data, passphrase))

    monkeypatch.setattr(encrypting_files, "pyrage", _with_decrypt(decrypt))

    assert len(read_identities(keys["safe"][1], lambda: PHRASE)) == 1


def _with_decrypt(decrypt: Callable[[bytes, str], bytes]) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(pyrage), "passphrase": SimpleNamespace(decrypt=decrypt)})


def flipped(place: float) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        at = int(len(data) * place)
        return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]

    return flip


def lying_about_digests(data: bytes) -> bytes:
    """Somebody changed the encrypted part and wrote a list that fits it: only a key sees that."""
    with tarfile.open(fileobj=io.BytesIO(data)) as outer:
        stream = outer.extractfile("backup.tar.gz.age")
        assert stream is not None
        changed = flipped(0.5)(stream.read())
    made = io.BytesIO()
    writer = EnvelopeWriter(made)
    writer.write(changed)
    writer.finish(["age1" + "q" * 58])
    return made.getvalue()


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut in the middle": (lambda data: data[: len(data) // 2], "cut off"),
    "cut by one block": (lambda data: data[:-512], "cut off"),
    "something behind its end": (lambda data: data + b"x", "behind its end"),
    "a byte of the encrypted part": (flipped(0.5), "digest"),
    "a byte of its list": (lambda data: data.replace(b'"size"', b'"siez"'), "list cannot be read"),
    "a list that fits what was changed": (lying_about_digests, "changed|digest"),
    "another size": (lambda data: re.sub(rb'"size": \d', b'"size": 0', data), "another size|list cannot be read"),
    "a newer format": (lambda data: data.replace(b'"format": 1', b'"format": 9'), "newer than this program"),
}


def test_one_that_was_cut_or_changed_is_refused_in_one_sentence_and_harms_nothing(
    app: Flask, sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]], subtests: pytest.Subtests, tmp_path: Path
) -> None:
    source, _rows = sealed
    bad = tmp_path / "bad"
    for fault, (build, _words) in BAD.items():
        bad.write_bytes(build(source.read_bytes()))
        with subtests.test(fault):
            key = ("--identity", str(keys["drill"][1]))

            for ended in (run(app, "verify", str(bad), *key), run(app, "restore", str(bad), *key)):
                said = ended.stderr.splitlines()
                assert ended.exit_code == 1 and len([line for line in said if line]) == 1, ended.output
                assert any(word in said[-1] for word in BAD[fault][1].split("|")), said

            assert count_rows(db.engine) == 0 and list(blobs.list_names()) == []
            assert not installation.restoring_path().exists()
            if fault != "a list that fits what was changed":
                assert run(app, "verify", str(bad)).exit_code == 1, "without a key too"


def test_a_strangers_key_and_no_key_are_said(app: Flask, sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]]) -> None:
    source, _rows = sealed

    without = run(app, "restore", str(source))
    strange = run(app, "restore", str(source), "--identity", str(keys["other"][1]))

    assert without.exit_code == strange.exit_code == 1
    assert "is encrypted to" in without.stderr and "--identity" in without.stderr
    assert "of another public key" in strange.stderr and count_rows(db.engine) == 0


def test_a_thief_with_the_drill_key_cannot_write_one_that_is_restored(
    app: Flask, sealed: tuple[Path, int], keys: dict[str, tuple[str, Path]], tmp_path: Path
) -> None:
    """The drill key opens; what it opened can be changed and encrypted again by anybody, for public keys are public."""
    source, _rows = sealed
    (tmp_path / "b.tar.gz").write_bytes(inside(source, keys["drill"][1]))
    forged = []
    for name, forge in (("signature gone", lambda said: said | {"mac": ""}), ("bureau", lambda said: said | {"bureau": "假的"})):
        members = [
            (entry, json.dumps(forge(json.loads(data))).encode() if entry.name == "manifest.json" else data)
            for entry, data in read_members(tmp_path / "b.tar.gz")
        ]
        packed = write_members(tmp_path / "forged.tar.gz", members)
        with open(tmp_path / name, "w+b") as file, encrypted(file, [keys["safe"][0], keys["drill"][0]]) as out:
            out.write(packed.read_bytes())
        forged.append(tmp_path / name)

    said = [run(app, "restore", str(file), "--identity", str(keys["drill"][1])) for file in forged]

    assert [ended.exit_code for ended in said] == [1, 1]
    assert "is signed by nobody" in said[0].stderr and "does not fit it" in said[1].stderr
    assert count_rows(db.engine) == 0


def test_no_option_takes_a_passphrase_or_a_key_that_ps_would_show(app: Flask, sealed: tuple[Path, int]) -> None:
    source, _rows = sealed

    for option in ("--passphrase", "--key", "--identity-key"):
        ended = run(app, "restore", str(source), option, "x")

        assert ended.exit_code == 2 and ("No such option" in ended.stderr or "does not exist" in ended.stderr), ended.stderr


def test_a_full_disk_leaves_nothing_and_says_so(app: Flask, keys: dict[str, tuple[str, Path]], tmp_path: Path) -> None:
    with encrypting(app, "safe", keys=keys), small_disk(tmp_path / "disk", 300) as disk:
        fill_bureau(rows=20, documents=5)

        ended = run(app, "create", str(disk / "b.pz"))

        assert ended.exit_code == 1 and "no room is left on the disk" in ended.stderr, ended.output
        assert [path for path in disk.iterdir() if path.name != "lost+found"] == []


def test_a_recipient_that_is_none_and_a_missing_data_key_are_refused(
    app: Flask, keys: dict[str, tuple[str, Path]], tmp_path: Path
) -> None:
    installation.set_kind(settings.app_mode)
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, backup_recipients="age1nonsense")
    bad = run(app, "create", str(tmp_path / "b.pz"))
    app.config["SETTINGS"] = replace(before, backup_recipients=keys["safe"][0], data_key="")
    bare = run(app, "create", str(tmp_path / "b.pz"))

    assert bad.exit_code == bare.exit_code == 1 and not (tmp_path / "b.pz").exists()
    assert "age1nonsense is no public key of age" in bad.stderr and "DATA_KEY is missing" in bare.stderr


def test_the_copy_of_the_database_in_clear_never_lies_beside_an_encrypted_backup(
    app: Flask, keys: dict[str, tuple[str, Path]], tmp_path: Path
) -> None:
    fill_bureau(rows=5, documents=1)
    target = tmp_path / "elsewhere" / "b.pz"
    target.parent.mkdir()
    seen: set[str] = set()
    with encrypting(app, "safe", keys=keys):
        create_backup(target, lambda *_: seen.update(path.name for path in target.parent.rglob("*")))

    assert "database.sqlite3" not in seen and ".pingzheng-backup" in seen
    assert not (settings.instance_path / "backup-made").exists()


def test_a_production_that_does_not_encrypt_is_told_so_at_its_start_and_by_the_doctor(
    app: Flask, keys: dict[str, tuple[str, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = app.config["SETTINGS"]
    assert encryption_notes.notes() == [], "the demo's people are made up"
    app.config["SETTINGS"] = replace(before, app_mode=Mode.production)
    assert "Backups are not encrypted" in encryption_notes.notes()[0]
    app.config["SETTINGS"] = replace(before, app_mode=Mode.production, backup_recipients=keys["safe"][0])
    assert encryption_notes.notes() == []
    app.config["SETTINGS"] = replace(before, backup_recipients="age1x")
    assert run_doctor(app) == 1


def run_doctor(app: Flask) -> int:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["doctor"]).exit_code


def test_a_new_key_opens_and_its_file_is_private(app: Flask, tmp_path: Path) -> None:
    ended = run(app, "new-key", str(tmp_path / "k"), typed=f"{PHRASE}\n{PHRASE}\n")
    again = run(app, "new-key", str(tmp_path / "k"), "--no-passphrase")

    assert ended.exit_code == 0 and ended.stdout.strip().startswith("age1") and PHRASE not in ended.output
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600 and b"AGE-SECRET-KEY" not in (tmp_path / "k").read_bytes()
    assert again.exit_code == 1 and "exists already" in again.stderr
