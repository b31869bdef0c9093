"""`flask config list`: needs no database, and refuses as a start would."""

import os
import subprocess
import sys
from pathlib import Path

from app.config.settings import ALL
from tests.core.test_settings import PRODUCTION
from tests.kit.settings import SECRETS

NOWHERE = "postgresql://me:hidden@127.0.0.1:1/nothing"


def config_list(environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "config", "list", *options],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_prints_every_setting_without_a_database(tmp_path: Path) -> None:
    listed = config_list({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": NOWHERE, "PIN_GUESSES": "4"})

    assert listed.returncode == 0, listed.stderr
    lines = listed.stdout.splitlines()
    at = lines.index("PIN_GUESSES=4")
    assert "Wrong display PINs" in lines[at + 1] and lines[at + 2].strip() == "default 5; 3 to 10 guesses"
    assert {line.partition("=")[0] for line in lines if line and line[0].isupper()} >= ALL.keys()


def test_it_shows_no_secret(tmp_path: Path) -> None:
    listed = config_list({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": NOWHERE})

    assert "DATA_KEY=(set)" in listed.stdout and "S3_SECRET_KEY=(not set)" in listed.stdout
    assert not any(secret in listed.stdout for secret in (*SECRETS.values(), "hidden"))


def test_it_refuses_as_a_start_would(tmp_path: Path) -> None:
    listed = config_list({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), "PIN_GUESSES": "0", "SMS_GUESES": "3"})

    assert listed.returncode != 0 and listed.stdout == ""
    assert [line.split(" ")[0] for line in listed.stderr.splitlines()] == ["SMS_GUESES", "PIN_GUESSES=0"]


def test_the_document_needs_no_settings_at_all(tmp_path: Path) -> None:
    written = config_list({"INSTANCE_PATH": str(tmp_path)}, "--markdown")

    assert written.returncode == 0 and "| `PIN_GUESSES` | `5` |" in written.stdout
