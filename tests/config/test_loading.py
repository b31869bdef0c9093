"""How settings are read: where from, by which names, and what is nearly a name."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.config import load_settings
from app.config.fields import settings_of, whole
from app.config.loading import read_values
from app.config.misspelt import find_misspelt, slips
from app.config.settings import ALL
from tests.kit.settings import demo_environ

# Names of ordinary environments: of shells, supervisors, containers, clouds, proxies, other programs' databases and stores.
ORDINARY = """
HOSTNAME HOME PATH PWD OLDPWD SHELL SHLVL TERM USER LOGNAME MAIL LANG LC_ALL LANGUAGE TZ EDITOR PAGER DISPLAY HOSTTYPE
HOSTS PORTS POST PYTHONPATH PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE VIRTUAL_ENV FLASK_APP FLASK_ENV FLASK_DEBUG
FLASK_RUN_PORT GUNICORN_CMD_ARGS WEB_CONCURRENCY INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET MAINPID LISTEN_FDS
RUNTIME_DIRECTORY STATE_DIRECTORY CREDENTIALS_DIRECTORY KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT
REDIS_SERVICE_HOST REDIS_PORT REDIS_URL REDIS_HOST HOST_IP POD_NAME NODE_NAME APP_NAME APP_ENV APP_PORT
AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL S3_BUCKET S3_PREFIX S3_KEY S3_URL
S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY S3_ENDPOINT_URL S3_REGION_NAME S3_USE_SSL MINIO_ACCESS_KEY MINIO_SECRET_KEY
POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE DB_URL DB_HOST SMTP_URL SMTP_KEY
SMTP_HOST MAIL_SENDER HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE REQUESTS_CA_BUNDLE CI GITHUB_ACTIONS
PYTEST_CURRENT_TEST PYTEST_SEED THOROUGH DEBIAN_FRONTEND PINGZHENG_DEFAULT_MODE XDG_RUNTIME_DIR XDG_SESSION_ID
SSH_CONNECTION SSH_AUTH_SOCK SUDO_USER COLORTERM LS_COLORS LESSOPEN WEB_HOST WEB_PORT
"""


def test_ordinary_environments_are_never_refused(tmp_path: Path) -> None:
    settings = load_settings({**demo_environ("sqlite://", tmp_path), **dict.fromkeys(ORDINARY.split(), "1")})

    assert settings.problems() == []


def test_a_misspelt_name_is_told_with_the_right_one(subtests: pytest.Subtests) -> None:
    for wrong, right in (
        ("SMS_GUESES", "SMS_GUESSES"),
        ("SMS_GUESSSE", "SMS_GUESSES"),
        ("PIN_GEUSSES", "PIN_GUESSES"),
        ("PINGUESSES", "PIN_GUESSES"),
        ("CODE_PERIOD_SECOND", "CODE_PERIOD_SECONDS"),
        ("RATELIMT_STORAGE_URI", "RATELIMIT_STORAGE_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("TRUSTED_PROXY", None),
        ("DOCUMENT_KEEP_DAY", "DOCUMENT_KEEP_DAYS"),
        ("SEPERATION", "SEPARATION"),
    ):
        with subtests.test(wrong=wrong):
            said = find_misspelt({wrong: "1"}, ALL)

            assert said == ([f"{wrong} is no setting: did you mean {right}? Write it so, or take it away."] if right else [])


def test_misspelt_names_in_both_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets.env").write_text("AUDIT_KEYS=x\n")
    (tmp_path / ".env").write_text(f"INSTANCE_PATH={tmp_path}\nPIN_GUESES=4\n")
    monkeypatch.chdir(tmp_path)

    said = load_settings().misspelt

    assert [line.split(" ")[0] for line in said] == ["AUDIT_KEYS", "PIN_GUESES"]


def test_slips_are_counted() -> None:
    assert [slips(one, "ABCDE") for one in ("ABCDE", "ABDCE", "ABCE", "ABCDEF", "XBCDX", "EDCBA")] == [0, 1, 1, 1, 2, 4]


@dataclass(frozen=True, kw_only=True)
class Renamed:
    tea_minutes: int = whole(3, 1, 9, "minutes", "How long.", "多久。", formerly="BREW_MINUTES")


def test_a_renamed_setting_is_read_under_its_old_name_too(subtests: pytest.Subtests) -> None:
    for told, minutes in (
        ({"BREW_MINUTES": "4"}, 4),
        ({"TEA_MINUTES": "5"}, 5),
        ({"BREW_MINUTES": "4", "TEA_MINUTES": "5"}, 5),
        ({}, 3),
    ):
        with subtests.test(told=told):
            values, unread = read_values(settings_of(Renamed), told)

            assert Renamed(**values).tea_minutes == minutes and unread == []


def test_its_old_name_is_no_misspelling(tmp_path: Path) -> None:
    names = [setting.formerly for _, setting in ALL.values() if setting.formerly]

    assert load_settings({**demo_environ("sqlite://", tmp_path), **dict.fromkeys(names, "")}).misspelt == ()
