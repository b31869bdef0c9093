"""`make PYTHON=…` works with whichever interpreter is named, also where another one's `.venv` stands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.oldest_python import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone as far as `make` looks at it."""
    (tmp_path / "deploy").mkdir()
    for name in ("Makefile", "deploy/make-venv", "requirements.txt", "requirements-fonts.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make_bare(clone: Path) -> None:
    """An environment to which pip has not come yet, though it is said to hold the requirements."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], timeout=60, check=True)
    (clone / ".venv/runtime").touch()


def make_venv(clone: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "deploy/make-venv", *arguments]
    return subprocess.run(
        command, cwd=clone, env={**os.environ, **environ}, capture_output=True, text=True, timeout=120, check=False
    )


def is_up_to_date(clone: Path) -> bool:
    command = ["make", "-q", f"PYTHON={sys.executable}", ".venv/runtime"]
    return subprocess.run(command, cwd=clone, capture_output=True, timeout=60, check=False).returncode == 0


def test_a_venv_of_another_interpreter_is_made_anew(clone: Path) -> None:
    make_bare(clone)
    (clone / ".venv/bin/pip").touch()
    assert make_venv(clone, "--is-own").stdout == "yes\n" and is_up_to_date(clone)

    described = clone / ".venv/pyvenv.cfg"
    described.write_text(described.read_text().replace(f"version = {sys.version.split()[0]}", "version = 3.11.0"))

    assert make_venv(clone, "--is-own").stdout == "no\n" and not is_up_to_date(clone)
    made = make_venv(clone)
    assert made.returncode == 0 and made.stdout + made.stderr == ""
    assert make_venv(clone, "--is-own").stdout == "yes\n"
    assert not (clone / ".venv/runtime").exists()


def test_one_whose_making_broke_off_is_made_anew(clone: Path) -> None:
    make_bare(clone)

    assert not is_up_to_date(clone)


def test_a_python_without_venv_says_the_line_to_copy(clone: Path) -> None:
    (clone / "ensurepip.py").write_text("raise ImportError")

    ended = make_venv(clone, PYTHONPATH=str(clone))

    assert ended.returncode == 1
    assert ended.stderr == "This Python cannot make environments. Copy this line: sudo apt-get install -y python3-venv\n"
    assert not (clone / ".venv").exists()
