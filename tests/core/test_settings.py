import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app, refuse_unfit_database
from app.config import Mode, SettingsError, load_settings
from app.core import installation
from tests.kit.databases import Databases
from tests.kit.settings import SECRETS, make_settings

REAL = {
    "PUBLIC_ORIGIN": "https://localhost",
    "FACE_CHECK": "http",
    "FACE_CHECK_URL": "https://face.example",
    "FACE_CHECK_KEY": "k",
    "SMS_SENDER": "http",
    "SMS_URL": "https://sms.example",
    "SMS_KEY": "k",
    "RATELIMIT_STORAGE_URL": "redis://127.0.0.1:6379",
}
REAL_FIELDS = {name.lower(): value for name, value in REAL.items()}
PRODUCTION = {"APP_MODE": "production", **SECRETS, **REAL}


def test_production_is_the_default(tmp_path: Path) -> None:
    assert load_settings({"INSTANCE_PATH": str(tmp_path)}).app_mode is Mode.production


def test_a_production_with_everything_real_may_serve(tmp_path: Path) -> None:
    assert load_settings({**PRODUCTION, "INSTANCE_PATH": str(tmp_path)}).problems() == []


def test_production_refuses_in_one_sentence(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for change, named in (
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme-changeme-changeme-changeme-changeme-changeme"}, "SECRET_KEY"),
        ({"DATA_KEY": "short"}, "DATA_KEY"),
        ({"AUDIT_KEY": "0" * 64}, "AUDIT_KEY"),
        ({"CODE_MASTERS": ""}, "CODE_MASTERS"),
        ({"CODE_MASTERS": "m1:sha256:" + bytes(range(32)).hex()}, "CODE_MASTERS"),
        ({"CODE_MASTERS": "m1:sha256:zz"}, "CODE_MASTERS"),
        ({"FACE_CHECK": "stub"}, "face check"),
        ({"SMS_SENDER": "console"}, "SMS"),
        ({"SMS_URL": ""}, "SMS_URL"),
        ({"SMS_KEY": ""}, "SMS_KEY"),
        ({"HASHES_AT_ONCE": "0"}, "HASHES_AT_ONCE"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"FACE_CHECK_URL": ""}, "FACE_CHECK_URL"),
        ({"RATELIMIT_STORAGE_URL": "memory://"}, "limits"),
        ({"PUBLIC_ORIGIN": ""}, "PUBLIC_ORIGIN is missing"),
        ({"PUBLIC_ORIGIN": "http://ybm.example.cn"}, "PUBLIC_ORIGIN"),
        ({"PUBLIC_ORIGIN": "ybm.example.cn"}, "PUBLIC_ORIGIN"),
        ({"PUBLIC_ORIGIN": "https://ybm.example.cn/site"}, "PUBLIC_ORIGIN"),
        ({"PUBLIC_ORIGIN": "https://me@ybm.example.cn"}, "PUBLIC_ORIGIN"),
        ({"PUBLIC_ORIGIN": "https://*.example.cn"}, "PUBLIC_ORIGIN"),
        ({"PUBLIC_ORIGIN": "https://ybm.example.cn:99999"}, "PUBLIC_ORIGIN"),
        ({"PASSKEY_RP_ID": "other.example"}, "PASSKEY_RP_ID"),
        ({"TEST_CLOCK_FILE": "/tmp/clock"}, "TEST_CLOCK_FILE"),
        ({"TEST_HASH_WORK": "4"}, "TEST_HASH_WORK"),
        ({"REQUEST_HEAD_SECONDS": "0"}, "REQUEST_HEAD_SECONDS"),
        ({"REQUEST_PAUSE_SECONDS": "3600"}, "REQUEST_PAUSE_SECONDS"),
    ):
        with subtests.test(change=change, named=named):
            settings = load_settings({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), **change})

            with pytest.raises(SettingsError, match=named):
                create_app(settings)


def test_in_memory_limits_are_enough_for_one_worker(tmp_path: Path) -> None:
    environ = {**PRODUCTION, "INSTANCE_PATH": str(tmp_path), "RATELIMIT_STORAGE_URL": "memory://", "WEB_WORKERS": "1"}

    assert load_settings(environ).problems() == []


def test_the_demo_stays_on_loopback_unless_told(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for host, public, refused in (("0.0.0.0", "0", True), ("0.0.0.0", "1", False), ("127.0.0.1", "0", False), ("::1", "0", False)):
        with subtests.test(host=host, public=public, refused=refused):
            settings = load_settings(
                {"APP_MODE": "demo", **SECRETS, "INSTANCE_PATH": str(tmp_path), "HOST": host, "DEMO_PUBLIC": public}
            )

            assert bool(settings.problems()) is refused


def test_a_value_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORT='eighty'"):
        load_settings({"INSTANCE_PATH": str(tmp_path), "PORT": "eighty"})


def test_the_environment_wins_over_the_secrets_file(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("SECRET_KEY=from-file\nDATA_KEY=from-file\n")

    settings = load_settings({"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "from-environment"})

    assert (settings.secret_key, settings.data_key) == ("from-environment", "from-file")


def test_secrets_are_not_in_the_settings_text(tmp_path: Path) -> None:
    text = repr(load_settings({**PRODUCTION, "INSTANCE_PATH": str(tmp_path)}))

    assert not any(secret in text for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("database", "mode", "refused"), [("demo", "production", True), ("production", "demo", True), ("demo", "demo", False)]
)
def test_a_database_knows_its_kind(databases: Databases, tmp_path: Path, database: str, mode: str, refused: bool) -> None:
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=tmp_path))
        with app.app_context():
            installation.set_kind(Mode(database))
        changes = {"app_mode": Mode(mode), **REAL_FIELDS}
        served = create_app(make_settings(database_url=url, instance_path=tmp_path, **changes))

        if refused:
            with pytest.raises(SettingsError, match=f"is a {database} database"):
                refuse_unfit_database(served)
        else:
            refuse_unfit_database(served)


def test_production_does_not_serve_an_empty_database(databases: Databases, tmp_path: Path) -> None:
    changes = {"app_mode": Mode.production, **REAL_FIELDS}
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=tmp_path, **changes))

        with pytest.raises(SettingsError, match="flask bureau init"):
            refuse_unfit_database(app)


def test_the_server_ends_with_the_sentence_and_no_trace(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path), "APP_MODE": "production", "PORT": "0"}
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app"]

    ended = subprocess.run(gunicorn, env=environ, capture_output=True, text=True, timeout=60)

    assert ended.returncode != 0
    assert "SECRET_KEY is missing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_operators_commands_run_before_the_secrets_exist(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path), "APP_MODE": "production"}
    flask = [sys.executable, "-m", "flask", "keys", "init"]

    ended = subprocess.run(flask, env=environ, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert not [p for p in load_settings({**environ, **REAL}).problems() if "_KEY" in p or "MASTERS" in p]
