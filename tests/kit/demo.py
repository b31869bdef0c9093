"""The demo bureau as `make run` starts it: its own instance, two real worker processes, a clock that tests move."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

SCAN_PATH = "/api/v1/ec/query"


class DemoServer:
    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self.instance = instance
        self._clock_file = instance / "clock"
        self.port = _free_port()
        self.environ = {
            "PATH": os.environ["PATH"],
            "APP_MODE": "demo",
            "DATABASE_URL": database_url,
            "INSTANCE_PATH": str(instance),
            "PORT": str(self.port),
            "TEST_CLOCK_FILE": str(self._clock_file),
            **environ,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._log = instance / "server.log"
        self.flask("keys", "init")
        self.flask("demo", "start")
        self.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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

    def flask(self, *arguments: str, expect: int = 0) -> str:
        """Runs an operator's command on this installation and returns what it printed."""
        ended = subprocess.run(
            [sys.executable, "-m", "flask", *arguments], env=self.environ, capture_output=True, text=True, timeout=120
        )
        assert ended.returncode == expect, ended.stdout + ended.stderr
        return ended.stdout

    def start(self) -> None:
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app"], env=self.environ, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            try:
                if httpx.get(self.base_url + "/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self._log.read_text()[-3000:])

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def move_clock(self, seconds: float) -> None:
        """All processes of this server live that much later from their next look at the clock."""
        known = float(self._clock_file.read_text()) if self._clock_file.exists() else 0.0
        draft = self._clock_file.with_suffix(".new")
        draft.write_text(str(known + seconds))
        os.replace(draft, self._clock_file)

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
        return httpx.post(self.base_url + SCAN_PATH, json=body, headers={"Authorization": f"Bearer {known['key']}"}, timeout=30)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
