"""Which program this is, wherever an operator or a helper looks for it."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from app.version import VERSION
from tests.kit.client import Browser

ROOT = Path(__file__).parents[2]


def test_the_process_says_its_version_after_ok(app: Flask) -> None:
    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.text) == (200, f"ok {VERSION}\n")


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "软件版本"), ("zh-TW", "軟體版本"), ("en", "Software version")])
def test_it_stands_at_the_foot_of_the_help_page(app: Flask, language: str, words: str) -> None:
    browser = Browser(app)
    browser.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    assert f"{words} {VERSION}" in browser.get("/help").text


def test_flask_version_names_this_program_first_from_any_folder(tmp_path: Path) -> None:
    """With the `flask` that `make` writes into `.venv/bin`."""
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "python").chmod(0o755)
    subprocess.run(["make", "--silent", "flask-command", f"BIN={tmp_path}"], cwd=ROOT, check=True)

    ended = subprocess.run([tmp_path / "flask", "--version"], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[0] == f"Pingzheng {VERSION}"
    assert "Flask " in ended.stdout and "Python " in ended.stdout


def test_the_changelog_says_what_to_do_for_this_version() -> None:
    section = (ROOT / "CHANGELOG.md").read_text().partition(f"\n## {VERSION}")[2].partition("\n## ")[0]

    assert section.splitlines()[2] == "### What you must do"
