"""SECRET_KEY, AUDIT_KEY and DATA_KEY are lists: a new key takes over at its moment in every process, the old ones go on reading."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.core import audit, clock
from app.core.audit.keys import key_of_row, row_mac
from app.core.audit.models import AuditRow, AuditSeal
from app.core.audit.queries import is_unchanged
from app.core.audit_tags import InstallationTag
from app.core.db import db, transaction
from app.core.keys.secrets_file import new_secret, read_secrets
from app.core.settings import settings
from app.key_lists import Key, find_fault, read_keys, write_keys, writing_key
from tests.core.key_files import keep_secrets, restart, run
from tests.kit.apps import check_for_serving
from tests.kit.client import Browser
from tests.kit.settings import SECRETS

PATHS = {"secret": "SECRET_KEY", "audit": "AUDIT_KEY", "data": "DATA_KEY"}


@pytest.fixture
def kept(app: Flask) -> Flask:
    """A demo bureau whose secrets lie in the instance folder."""
    keep_secrets()
    return app


def after(minutes: float = 0, **more: float) -> None:
    clock.move(timedelta(minutes=minutes, **more))


@pytest.mark.one_database
def test_a_secret_that_is_no_list_is_one_key_and_is_written_as_it_was() -> None:
    """Every secrets.env of 0.2.0, and whatever an operator has thought of."""
    for text in (SECRETS["DATA_KEY"], "k:2,odd", "k2:", "a,b", "k0:x"):
        assert read_keys(text) == (Key(1, text),) and write_keys(read_keys(text)) == text
    assert read_keys("") == ()


@pytest.mark.one_database
def test_the_newest_key_that_has_begun_writes() -> None:
    keys = read_keys("k1:one,k3:three:900,k2:two:500")

    assert [key.number for key in keys] == [3, 2, 1] and read_keys(write_keys(keys)) == keys
    assert [writing_key(keys, at).number for at in (0, 499, 500, 899, 900)] == [1, 1, 2, 2, 3]
    assert "one" not in repr(keys)
    assert find_fault(keys) == "" and "twice" in find_fault(read_keys("k2:a,k2:b"))
    assert "begins before" in find_fault(read_keys("k2:a:5,k1:b:9"))


def test_a_form_that_was_open_and_a_session_live_on_under_the_older_key(kept: Flask) -> None:
    browser = Browser(kept)
    opened = browser.get("/sign-in")
    token = opened.hidden()["csrf_token"]
    cookie = cookie_of(browser)

    assert run(kept, "rotate", "--which", "secret").exit_code == 0
    restart(kept)
    before = signed_by(kept)
    after(16)

    sent = kept.test_client()
    sent.set_cookie("pz", cookie)
    answer = sent.post("/sign-in", data={"csrf_token": token, "phone": ""})
    assert answer.status_code != 400, "a form from before the rotation is taken"
    assert (before, signed_by(kept)) == ("k1", "k2")


def cookie_of(browser: Browser) -> str:
    cookie = browser.http.get_cookie("pz")
    assert cookie is not None
    return cookie.value


def signed_by(app: Flask) -> str:
    number: int = app.extensions["signing_keys"].number
    return f"k{number}"


def test_a_process_that_was_not_restarted_in_time_is_taken_out_of_service(kept: Flask) -> None:
    for which, name in PATHS.items():
        assert run(kept, "rotate", "--which", which).exit_code == 0
        check_for_serving(kept)
        assert kept.test_client().get("/readyz").status_code == 200, "until the key begins nobody misses it"

        after(16)

        answer = kept.test_client().get("/readyz")
        assert answer.status_code == 503 and f"{name} lacks its key k2" in answer.get_data(as_text=True)
        restart(kept)
        db.session.remove()
        check_for_serving(kept)
        assert kept.test_client().get("/readyz").status_code == 200


@pytest.mark.parametrize("which", list(PATHS))
def test_rotating_says_what_to_do_and_that_the_copy_in_the_safe_is_old(kept: Flask, which: str) -> None:
    ended = run(kept, "rotate", "--which", which)

    assert ended.exit_code == 0, ended.output
    assert f"{PATHS[which]} k2 writes from" in ended.output and "restart every web server" in ended.output
    assert (
        f"Your copy of {settings.instance_path / 'secrets.env'} is out of date from now on: put the new file into the safe"
        in ended.output
    )
    known = read_secrets(settings.instance_path)
    changed = {name for name in SECRETS if known[name] != SECRETS[name]}
    assert changed == {PATHS[which]} and known[PATHS[which]].endswith(f",k1:{SECRETS[PATHS[which]]}")
    again = run(kept, "rotate", "--which", which)
    assert again.exit_code == 1 and "was made already and begins at" in again.output and "nothing was written" in again.output


def test_rotating_all_makes_a_new_key_of_each(kept: Flask) -> None:
    assert run(kept, "rotate", "--which", "all", "--begin-in", "0").exit_code == 0
    restart(kept)

    said = run(kept, "status").output

    for line in (
        "CODE_MASTERS m2 draws; m1 verify",
        "SECRET_KEY k2 writes since",
        "AUDIT_KEY k2 writes since",
        "DATA_KEY k2 writes",
    ):
        assert line in said
    assert "SECRET_KEY k1 reads since" in said and "may be used until" in said


def test_an_old_copy_of_the_file_is_refused_after_the_rotation(kept: Flask) -> None:
    run(kept, "rotate", "--which", "data", "--begin-in", "0")

    ended = run(kept, "init")

    assert ended.exit_code == 1 and "DATA_KEY lacks its key k2" in ended.output and "its newest copy" in ended.output


def test_a_kill_between_file_and_database_is_mended_by_the_next_start(kept: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.core.keys.commands.tell_of_rotation", die)
        run(kept, "rotate", "--which", "secret", "--begin-in", "0")
    restart(kept)

    check_for_serving(kept)

    older = app_settings_without(kept, "secret_key")
    assert "SECRET_KEY lacks its key k2" in older


def app_settings_without(app: Flask, name: str) -> str:
    """What an instance with the file of before hears."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **{name: SECRETS[name.upper()]})
    db.session.remove()
    return app.test_client().get("/readyz").get_data(as_text=True)


def test_a_key_is_dropped_only_when_nothing_needs_it_and_never_the_one_that_writes(kept: Flask) -> None:
    alone = run(kept, "drop", "SECRET_KEY", "k1")
    run(kept, "rotate", "--which", "secret", "--begin-in", "0")
    restart(kept)
    young = run(kept, "drop", "SECRET_KEY", "k1")
    writing = run(kept, "drop", "SECRET_KEY", "k2")
    after(days=32)
    assert "is needed by nothing: run `flask keys drop SECRET_KEY k1`" in run(kept, "status").output
    dropped = run(kept, "drop", "SECRET_KEY", "k1")

    assert (alone.exit_code, young.exit_code, writing.exit_code, dropped.exit_code) == (1, 1, 1, 0)
    assert "is the key that writes" in alone.output and "is the key that writes" in writing.output
    assert "still needed" in young.output and "nothing was dropped" in young.output
    assert read_keys(read_secrets(settings.instance_path)["SECRET_KEY"])[0].id == "k2"
    check_for_serving(kept)
    restart(kept)
    check_for_serving(kept)
    assert "may only" not in dropped.output and "keep both" in dropped.output
    third = run(kept, "rotate", "--which", "secret")
    assert "SECRET_KEY k3 writes from" in third.output, "no number is ever given twice"


@pytest.mark.one_database
def test_a_key_that_is_no_secret_is_refused_in_a_list_too(kept: Flask) -> None:
    weak = replace(app_settings(kept), data_key=f"k2:{new_secret()}:5,k1:changeme")

    assert any(sentence.startswith("DATA_KEY is missing or no secret") for sentence in weak.problems())


def app_settings(app: Flask) -> Any:
    return app.config["SETTINGS"]


def written(n: int = 3) -> list[int]:
    with transaction():
        return [audit.record(InstallationTag.named, actor="system", subject=f"thing:{i}") for i in range(n)]


def by_hand(row_id: int, **values: Any) -> None:
    with transaction():
        db.session.execute(update(AuditRow).where(AuditRow.id == row_id).values(**values))


def test_the_audit_log_holds_over_a_rotation(kept: Flask) -> None:
    written()
    audit.seal_pending(everything=True)
    run(kept, "rotate", "--which", "audit")
    straggling = written()
    after(14)
    written()
    after(2)
    written()  # by a process that was not restarted in time: under the old key, after the new one has begun
    restart(kept)
    written()
    audit.seal_pending(everything=True)

    report = audit.verify()

    assert report.findings == [] and report.unsealed == 0 and len(straggling) == 3
    newest = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert key_of_row(values_of(newest)) == 2
    assert all(is_unchanged(row) for row in db.session.scalars(select(AuditRow)))  # the desk's page says what the command says
    changed = db.session.scalars(select(AuditRow.id).order_by(AuditRow.id).limit(1)).one()
    by_hand(changed, subject="thing:99")
    assert ("altered", f"row {changed}") in [(found.kind, found.where) for found in audit.verify().findings]
    assert not is_unchanged(db.session.scalars(select(AuditRow).where(AuditRow.id == changed)).one())


def values_of(row: AuditRow) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in AuditRow.__table__.columns}


def test_who_has_stolen_the_old_audit_key_can_write_no_row_and_no_seal_with_it(kept: Flask) -> None:
    """Neither of today nor of a day when the key was good: the sealer names every row it finds, and the check looks when."""
    written()
    audit.seal_pending(everything=True)
    old = kept.config["SETTINGS"]
    run(kept, "rotate", "--which", "audit", "--begin-in", "0")
    restart(kept)
    after(days=2)
    new = kept.config["SETTINGS"]
    kept.config["SETTINGS"] = old
    today, yesterday = written(2)
    past = values_of(db.session.get_one(AuditRow, (yesterday, moment_of(yesterday)))) | {
        "created_at": clock.now() - timedelta(days=3)
    }
    kept.config["SETTINGS"] = old
    by_hand(yesterday, created_at=past["created_at"], row_mac=row_mac(past))
    kept.config["SETTINGS"] = new
    audit.seal_pending(everything=True)

    found = [(one.kind, one.where) for one in audit.verify().findings]

    assert sorted(found) == [("altered", f"row {today}"), ("altered", f"row {yesterday}")]


def moment_of(row_id: int) -> Any:
    return db.session.scalars(select(AuditRow.created_at).where(AuditRow.id == row_id)).one()


def test_an_audit_key_stays_as_long_as_the_log_goes_back_to_it(kept: Flask) -> None:
    written()
    audit.seal_pending(everything=True)
    run(kept, "rotate", "--which", "audit", "--begin-in", "0")
    restart(kept)
    after(days=40)

    refused = run(kept, "drop", "AUDIT_KEY", "k1")
    with transaction():  # as if the years the log is kept were over
        db.session.execute(delete(AuditRow))
        db.session.execute(delete(AuditSeal))
    dropped = run(kept, "drop", "AUDIT_KEY", "k1")

    assert refused.exit_code == 1 and "rows and seals of the audit log" in refused.output
    assert dropped.exit_code == 0, dropped.output


def test_a_rotation_is_an_act_in_the_audit_log(kept: Flask) -> None:
    run(kept, "rotate", "--which", "secret")

    row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()

    assert (row.tag, row.subject, row.detail) == ("keys:rotated", "secret:SECRET_KEY", '{"key": "k2"}')
