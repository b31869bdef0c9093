"""The demo bureau as `make run` starts it, and what a hospital's system does with it."""

import fcntl
import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from app.core.database.copying import copy_database, open_engine
from tests.kit import faults
from tests.kit.server import Server
from tests.kit.settings import demo_environ

SCAN_PATH = "/api/v1/ec/query"
_certificates = ssl.create_default_context()  # one for all: by default each call reads all certificate authorities


class DemoServer(Server):
    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self._ahead = 0.0
        super().__init__(database_url, instance, **environ)

    def start(self) -> None:
        """As `make run` does."""
        self.load()
        super().start()

    def load(self) -> None:
        """Loading takes ten seconds and a copy of what was loaded takes one."""
        if (self.instance / "demo.json").exists():
            self.run_command("demo", "start")
        else:
            loaded.fill(self)

    @property
    def demo(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.instance / "demo.json").read_text())
        return content

    def citizen(self, key: str) -> dict[str, Any]:
        return next(c for c in self.demo["citizens"] if c["key"] == key)

    def institution(self, code: str = "H51060000001") -> dict[str, Any]:
        return next(i for i in self.demo["institutions"] if i["fixmedins_code"] == code)

    def counter_code(self, key: str) -> str:
        number = self.citizen(key)["cert_no"]
        return next(str(c["code"]) for c in self.demo["counter_codes"] if c["cert_no"] == number)

    def run_command(self, *arguments: str) -> str:
        """An operator's command that must succeed; what it printed."""
        ended = self.flask(*arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    @property
    def ahead(self) -> float:
        """Seconds by which this server's clock is ahead of the machine's."""
        return self._ahead

    def let_pass(self, seconds: float) -> None:
        """All processes of this server live that much later from their next look at the clock."""
        self._ahead += seconds
        self.move_clock(self._ahead)

    def scan(self, code: str, *, biz_no: str, institution: str = "H51060000001", business_type: str = "01101") -> httpx.Response:
        """What a hospital's system does with the digits it read."""
        known = self.institution(institution)
        body = {
            "orgId": institution,
            "transType": "ec.query",
            "data": {
                "ecQrCode": code,
                "businessType": business_type,
                "operatorId": "d001",
                "operatorName": "张医生",
                "outBizNo": biz_no,
            },
        }
        authorization = {"Authorization": f"Bearer {known['key']}"}
        answer = httpx.post(self.base_url + SCAN_PATH, json=body, headers=authorization, timeout=30, verify=_certificates)
        faults.note_answer(SCAN_PATH, answer.status_code)
        return answer


class _Loaded:
    """The demo bureau on SQLite, as the first process that wanted one in this run of the tests loaded it."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def keep_in(self, folder: Path) -> None:
        """folder: the same for all processes of a run."""
        self._folder = folder

    def fill(self, server: DemoServer) -> None:
        """Gives this server's empty database and instance folder what was loaded."""
        assert self._folder, "no folder was named"
        self._folder.mkdir(exist_ok=True)
        whole = self._folder / "whole"
        with open(self._folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                _load(whole)
        shutil.copytree(whole / "instance", server.instance, dirs_exist_ok=True)
        _copy(_database_in(whole), server.environ["DATABASE_URL"])


def _load(whole: Path) -> None:
    """Under no settings of the server that comes first. whole: is there when all of it is."""
    draft = whole.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "instance").mkdir(parents=True)
    environ = demo_environ(_database_in(draft), draft / "instance")
    for command in (("db", "upgrade"), ("demo", "start")):
        ended = subprocess.run(
            [sys.executable, "-m", "flask", *command], env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
    draft.rename(whole)


def _database_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'database'}"


def _copy(source: str, target: str) -> None:
    engines = open_engine(source), open_engine(target)
    copy_database(*engines)
    for engine in engines:
        engine.dispose()


loaded = _Loaded()
