"""A database knows the secrets it was made with, and refuses any other: each of the four alone, wherever one could be swapped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, text

from app import create_app
from app.config import Mode, SettingsError
from app.core import audit, clock, installation
from app.core.audit_tags import InstallationTag
from app.core.db import db, schema_changes, transaction
from app.core.keys import fitting
from app.core.keys.models import SecretCheck
from app.core.keys.secrets_file import new_master, new_secret
from app.core.settings import settings
from app.credentials.service import activate_credential
from app.credentials.service.specimens import open_specimen_presentation
from app.demo.people import demo_people
from tests.kit.apps import check_for_serving
from tests.kit.databases import Databases
from tests.kit.people import make_person
from tests.kit.settings import SECRETS, make_settings

NEWER, NEWEST = [p.cert_no for p in demo_people(clock.today()) if p.cert_type == "01"][:2]
OTHERS = {"SECRET_KEY": new_secret(), "DATA_KEY": new_secret(), "AUDIT_KEY": new_secret(), "CODE_MASTERS": new_master("sha256", 0)}


@pytest.fixture
def filled(app: Flask) -> Flask:
    """A demo bureau's database with a person, an act in the log and a code in use."""
    with transaction():
        installation.set_kind(Mode.demo)
        person = make_person()
        audit.record(InstallationTag.named, actor="system", subject="installation:1")
        credential = activate_credential(person.id, by="system")
        open_specimen_presentation(credential.id, "00000000000000000001")
    audit.seal_written()
    return app


@pytest.fixture
def old(filled: Flask) -> Flask:
    """As release 0.1.0 left it: filled, and without check values."""
    with transaction():
        db.session.execute(delete(SecretCheck))
    return filled


def with_secrets(**changes: str) -> Flask:
    """The same database and instance under these secrets, as an operator's command sees it."""
    known = {name.lower(): value for name, value in changes.items()}
    made = make_settings(database_url=settings.database_url, instance_path=settings.instance_path, **known)
    with click.Context(click.Command("keys"), info_name="keys"):
        return create_app(made)


def run(app: Flask, *arguments: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=list(arguments))


def upgraded(app: Flask) -> list[str]:
    ended = run(app, "db", "upgrade")
    assert ended.exit_code == 0, ended.output
    db.session.rollback()
    return [line for line in ended.output.splitlines() if "unproved" in line]


def checks() -> dict[str, bool]:
    db.session.rollback()
    return {row.name: row.is_proved for row in db.session.query(SecretCheck).order_by(SecretCheck.name)}


def written() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(settings.instance_path).glob("secrets*")}


@pytest.fixture(params=list(OTHERS))
def swapped(request: pytest.FixtureRequest, filled: Flask) -> Iterator[tuple[str, Flask]]:
    """One of the four is another, which is just as well formed."""
    name = request.param
    other = with_secrets(**{name: OTHERS[name]})
    with other.app_context():
        yield name, other
        db.session.remove()


def test_a_database_is_made_with_the_secrets_it_is_first_filled_under(filled: Flask) -> None:
    assert checks() == {"AUDIT_KEY": True, "CODE_MASTERS m1": True, "DATA_KEY": True, "SECRET_KEY": True}
    assert fitting.misfits(db.session.connection()) == []
    db.session.remove()
    check_for_serving(filled)
    assert len({row.salt for row in db.session.query(SecretCheck)}) == 1


def test_serving_refuses_a_secret_that_does_not_fit(swapped: tuple[str, Flask]) -> None:
    name, other = swapped

    with pytest.raises(SettingsError) as refused:
        db.session.remove()
        check_for_serving(other)

    sentence = str(refused.value)
    assert name in sentence and "put back the secrets.env it was made with" in sentence
    assert str(settings.instance_path) in sentence and "first made on 20" in sentence and sentence.count(". ") == 0
    answer = other.test_client().get("/readyz")
    assert answer.status_code == 503 and name in answer.get_data(as_text=True)


def test_doctor_and_keys_init_refuse_it_too(swapped: tuple[str, Flask]) -> None:
    name, other = swapped

    for arguments in (["doctor"], ["keys", "init"], ["keys", "rotate"], ["db", "upgrade"]):
        ended = run(other, *arguments)

        assert ended.exit_code == 1, arguments
        assert f"other {name}" in ended.output or f"another {name}" in ended.output, ended.output
        assert "put back the secrets.env" in ended.output and isinstance(ended.exception, SystemExit)
    assert written() == {} and set(checks().values()) == {True}


@pytest.mark.parametrize("missing", [list(OTHERS), ["AUDIT_KEY", "CODE_MASTERS"], ["DATA_KEY"]])
@pytest.mark.parametrize("version", ["this", "0.1.0"])
def test_keys_init_writes_nothing_beside_a_filled_database(filled: Flask, missing: list[str], version: str) -> None:
    if version == "0.1.0":
        with transaction():
            db.session.execute(delete(SecretCheck))
    other = with_secrets(**dict.fromkeys(missing, ""))

    with other.app_context():
        ended = run(other, "keys", "init")

    assert ended.exit_code == 1 and written() == {}
    said = "made with other secrets" if len(missing) == 4 else " and ".join(missing) + (" are" if len(missing) > 1 else " is")
    assert said in ended.output and "nothing was written" in ended.output and "first made on" in ended.output
    assert not any(name in ended.output for name in set(OTHERS) - set(missing))


def test_a_first_run_left_in_the_middle_is_no_empty_database(app: Flask) -> None:
    with transaction():
        audit.record(InstallationTag.named, actor="system", subject="installation:1")
    audit.seal_written()
    other = with_secrets(**dict.fromkeys(OTHERS, ""))

    with other.app_context():
        ended = run(other, "keys", "init")

    assert ended.exit_code == 1 and "nothing was written" in ended.output and written() == {}


def test_keys_init_writes_beside_an_empty_database_and_says_what_a_lost_file_means(app: Flask) -> None:
    other = with_secrets(**dict.fromkeys(OTHERS, ""))

    with other.app_context():
        ended = run(other, "keys", "init")

    assert ended.exit_code == 0, ended.output
    path = settings.instance_path / "secrets.env"
    assert path.stat().st_mode & 0o777 == 0o600 and f"Keep a copy of {path}" in ended.output
    assert "no identity or telephone number can be read" in ended.output


def test_bureau_init_ends_with_what_a_lost_file_means(app: Flask) -> None:
    ended = run(app, "bureau", "init")

    assert ended.exit_code == 0 and f"Keep a copy of {settings.instance_path / 'secrets.env'}" in ended.output


def test_an_empty_database_is_nobodys_until_it_is_filled(app: Flask) -> None:
    assert upgraded(app) == [] and checks() == {}


def test_a_database_of_an_older_version_gets_its_check_values_at_the_upgrade(old: Flask) -> None:
    with pytest.raises(SettingsError, match="run `flask db upgrade`"):
        db.session.remove()
        check_for_serving(old)

    unproved = upgraded(old)

    assert checks() == {"AUDIT_KEY": True, "CODE_MASTERS m1": False, "DATA_KEY": True, "SECRET_KEY": False}
    assert len(unproved) == 2 and unproved[0].startswith("SECRET_KEY") and unproved[1].startswith("CODE_MASTERS (m1)")
    db.session.remove()
    check_for_serving(old)
    doctor = run(old, "doctor")
    assert "check  SECRET_KEY is unproved" in doctor.output and "mend   SECRET_KEY" not in doctor.output


@pytest.mark.parametrize("name", ["DATA_KEY", "AUDIT_KEY"])
def test_what_is_stored_refuses_a_secret_at_the_upgrade(old: Flask, name: str) -> None:
    other = with_secrets(**{name: OTHERS[name]})

    with other.app_context():
        ended = run(other, "db", "upgrade")

    assert ended.exit_code == 1 and f"{name} fits 0 of " in ended.output and "put back the secrets.env" in ended.output
    assert checks() == {}


def test_masters_that_no_code_in_use_names_are_refused_at_the_upgrade(old: Flask) -> None:
    other = with_secrets(CODE_MASTERS=new_master("sha256", 6))

    with other.app_context():
        ended = run(other, "db", "upgrade")

    assert ended.exit_code == 1 and "drawn from other CODE_MASTERS" in ended.output and checks() == {}


def test_a_secret_that_nothing_can_prove_is_said_to_be_unproved(app: Flask) -> None:
    with transaction():
        installation.set_kind(Mode.demo)
        db.session.execute(delete(SecretCheck))

    assert [line.split()[0] for line in upgraded(app)] == ["AUDIT_KEY", "DATA_KEY", "SECRET_KEY", "CODE_MASTERS"]
    make_person()
    assert [line.split()[0] for line in upgraded(app)] == ["SECRET_KEY", "CODE_MASTERS"]


def test_most_of_the_oldest_rows_decide_where_a_database_was_served_under_other_secrets_for_a_while(old: Flask) -> None:
    make_person(NEWER)
    other = with_secrets(DATA_KEY=OTHERS["DATA_KEY"])
    with other.app_context(), transaction():
        make_person(NEWEST)
    audit.seal_written()

    unproved = upgraded(old)

    assert checks()["DATA_KEY"] and len(unproved) == 2


def test_the_right_secret_takes_the_place_of_a_wrong_one_that_nothing_proved(old: Flask) -> None:
    other = with_secrets(SECRET_KEY=OTHERS["SECRET_KEY"])
    with other.app_context():
        upgraded(other)

    ended = run(old, "doctor")
    assert ended.exit_code == 1 and "another SECRET_KEY" in ended.output and "flask keys adopt" in ended.output
    adopted = run(old, "keys", "adopt")

    assert adopted.exit_code == 0, adopted.output
    assert fitting.misfits(db.session.connection()) == []


def test_a_proved_secret_is_never_replaced_by_hand(filled: Flask) -> None:
    other = with_secrets(DATA_KEY=OTHERS["DATA_KEY"])

    with other.app_context():
        ended = run(other, "keys", "adopt")

    assert ended.exit_code == 1 and "another DATA_KEY" in ended.output


def test_two_who_adopt_at_once_under_different_secrets_do_not_both_win(old: Flask, database_url: str) -> None:
    other = with_secrets(SECRET_KEY=OTHERS["SECRET_KEY"])
    with schema_changes(), db.engine.begin() as connection:
        fitting.adopt(connection)

    with other.app_context(), pytest.raises(fitting.SecretsDoNotFit), schema_changes(), db.engine.begin() as connection:
        fitting.adopt(connection)

    assert fitting.misfits(db.session.connection()) == []


def test_a_snapshot_that_is_not_migrated_has_no_misfits(databases: Databases, app: Flask, tmp_path: Path) -> None:
    with databases.fresh("sqlite") as url:
        with transaction():
            db.session.execute(text("DROP TABLE secret_check"))

        assert fitting.misfits(db.session.connection()) == [] and url


def test_masters_come_and_go_by_rotation(filled: Flask) -> None:
    def masters(*entries: str) -> Any:
        return with_secrets(CODE_MASTERS=",".join(entries))

    one, two, three = SECRETS["CODE_MASTERS"], new_master("sha256", 1), new_master("sha256", 2)
    rotated = masters(two, f"{one}:1700000000")
    with rotated.app_context():
        db.session.remove()
        check_for_serving(rotated)
        assert checks()["CODE_MASTERS m2"]
        db.session.remove()
    dropped = masters(three, two)
    with dropped.app_context():
        check_for_serving(dropped)
        assert fitting.list_unproved(db.session.connection()) == []
        db.session.remove()

    for foreign in (masters(new_master("sha256", 1)), masters(new_master("sha256", 8)), masters(three, new_master("sha256", 0))):
        with foreign.app_context(), pytest.raises(SettingsError, match="other CODE_MASTERS"):
            check_for_serving(foreign)
    older = masters(one)
    with older.app_context():
        check_for_serving(older)
        assert "CODE_MASTERS lacks m3" in run(older, "doctor").output


def test_rotating_tells_the_database_and_says_that_the_copy_is_out_of_date(filled: Flask) -> None:
    path = settings.instance_path / "secrets.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))

    ended = run(filled, "keys", "rotate")

    assert ended.exit_code == 0 and "master m2 draws" in ended.output
    assert f"Your copy of {path} is out of date from now on" in ended.output
    assert {"CODE_MASTERS m1", "CODE_MASTERS m2"} <= checks().keys()
    again = run(filled, "keys", "rotate")
    assert "master m3 draws" in again.output and "CODE_MASTERS m3" in checks()


def test_no_command_works_under_secrets_that_do_not_fit(swapped: tuple[str, Flask]) -> None:
    name, other = swapped
    rows = db.session.execute(text("SELECT count(*) FROM audit")).scalar()

    for arguments in (["audit", "seal"], ["staff", "list"], ["jobs", "run"], ["bureau", "init"]):
        ended = run(other, *arguments)

        assert ended.exit_code == 1 and f"other {name}" in ended.output, (arguments, ended.output)
    assert db.session.execute(text("SELECT count(*) FROM audit")).scalar() == rows
