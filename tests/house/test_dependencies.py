"""What the program imports is named in requirements.in, and nothing stands there that it does not import."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).parent / "deptry.toml"
UNSEEN = {"fpdf2": "fpdf", "psycopg": "psycopg", "redis": "redis", "webauthn": "webauthn", "zxcvbn": "zxcvbn"}  # at first use


def list_wrong(folder: Path, answer: Path) -> list[str]:
    """`name: what deptry says of it`, a line for each package that is missing or not needed."""
    command = [str(Path(sys.executable).parent / "deptry"), ".", "--config", str(CONFIG), "--json-output", str(answer)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 1), ended.stderr
    found = json.loads(answer.read_text())
    return sorted({f"{one['module']}: {one['error']['message']}" for one in found if one["module"] not in UNSEEN})


def test_what_is_imported_is_required_and_what_is_required_is_imported(tmp_path: Path) -> None:
    assert list_wrong(ROOT, tmp_path / "found.json") == []


def test_what_no_import_shows_is_loaded_on_demand() -> None:
    named = {name for path in (ROOT / "app").rglob("*.py") for name in re.findall(r'on_demand\("(\w+)[."]', path.read_text())}

    assert set(UNSEEN.values()) == named


@pytest.mark.parametrize(
    ("source", "required", "said"),
    [
        ("import flask", "flask\nsegno", "segno: 'segno' defined as a dependency but not used in the codebase"),
        ("import flask, jinja2", "flask", "jinja2: 'jinja2' imported but it is a transitive dependency"),
        ("import flask, pytest", "flask", "pytest: 'pytest' imported but declared as a dev dependency"),
        (
            "import flask, nothing_such",
            "flask",
            "nothing_such: 'nothing_such' imported but missing from the dependency definitions",
        ),
    ],
)
def test_a_wrong_one_would_be_found(tmp_path: Path, source: str, required: str, said: str) -> None:
    (tmp_path / "program.py").write_text(source)
    (tmp_path / "requirements.in").write_text(required)
    (tmp_path / "requirements-dev.in").write_text("pytest")

    assert list_wrong(tmp_path, tmp_path / "found.json") == [said]
