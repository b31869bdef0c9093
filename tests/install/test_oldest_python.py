"""Install, start, back up and restore as a bureau does it, on the oldest Python that README promises."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit.oldest_python import ROOT, oldest_python
from tests.kit.server import Server
from tests.kit.settings import SECRETS

IMPORT_ALL = """
import pkgutil, app
for found in pkgutil.walk_packages(app.__path__, "app."):
    __import__(found.name)
"""


class Bureau(Server):
    """A demo bureau on SQLite, served by that Python; its secrets are those it makes itself."""

    def __init__(self, python: Path, instance: Path) -> None:
        self.python = str(python)
        instance.mkdir()
        super().__init__(f"sqlite:///{instance / 'bureau.sqlite3'}", instance)

    def start(self) -> None:
        for name in SECRETS:
            del self.environ[name]

    def serve(self) -> None:
        super().start()

    def must(self, *arguments: str) -> str:
        ended = self.flask(*arguments)
        assert ended.returncode == 0, f"flask {' '.join(arguments)}: {ended.stdout}{ended.stderr}"
        return ended.stdout


@pytest.fixture(scope="module")
def python() -> Path:
    return oldest_python()


@pytest.fixture
def bureau(python: Path, tmp_path: Path) -> Iterator[Bureau]:
    made = Bureau(python, tmp_path / "first")
    made.must("keys", "init")
    made.must("db", "upgrade")
    made.must("demo", "start")
    made.serve()
    yield made
    made.stop()


def test_every_module_is_read_without_a_warning(python: Path) -> None:
    ended = subprocess.run([python, "-W", "error", "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert ended.returncode == 0, ended.stderr


def test_a_bureau_is_served_backed_up_and_restored(bureau: Bureau, tmp_path: Path) -> None:
    alive = httpx.get(f"{bureau.base_url}/healthz", timeout=30)
    page = httpx.get(f"{bureau.base_url}/sign-in", timeout=30)
    backup = tmp_path / "backup.tar.gz"
    bureau.must("backup", "create", str(backup))
    second = Bureau(Path(bureau.python), tmp_path / "second")
    shutil.copy(bureau.instance / "secrets.env", second.instance)
    second.must("db", "upgrade")

    said = second.must("backup", "restore", str(backup))

    assert alive.status_code == 200 and page.status_code == 200 and "获取验证码" in page.text
    assert "restored" in said
    second.must("doctor")
