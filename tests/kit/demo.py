"""The demo bureau as `make run` starts it, and what a hospital's system does with it."""

import json
import shutil
import sqlite3
import ssl
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine import make_url

from tests.kit import faults
from tests.kit.server import Server

SCAN_PATH = "/api/v1/ec/query"
_certificates = ssl.create_default_context()  # one for all: by default each call reads all certificate authorities
_loaded: list[Path] = []  # a folder with a loaded demo bureau on SQLite and what it wrote beside it


class DemoServer(Server):
    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self._ahead = 0.0
        super().__init__(database_url, instance, **environ)

    def start(self) -> None:
        """As `make run` does."""
        self.load()
        super().start()

    def load(self) -> None:
        """Once a test process has loaded the bureau into SQLite, its next ones are copies."""
        url = make_url(self.environ["DATABASE_URL"])
        file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        if file and _loaded and not (self.instance / "demo.json").exists():
            shutil.copytree(_loaded[0] / "instance", self.instance, dirs_exist_ok=True)
            shutil.copy(_loaded[0] / "database", file)
        else:
            self.run_command("demo", "start")
            if file and not _loaded:
                _loaded.append(self._keep_copy(file))

    def _keep_copy(self, file: Path) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="pz-demo-"))
        shutil.copytree(self.instance, folder / "instance")
        with closing(sqlite3.connect(file)) as loaded, closing(sqlite3.connect(folder / "database")) as copy:
            loaded.backup(copy)
        return folder

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
