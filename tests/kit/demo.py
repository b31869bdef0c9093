"""The demo bureau as `make run` starts it, and what a hospital's system does with it."""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.kit.server import Server

SCAN_PATH = "/api/v1/ec/query"


class DemoServer(Server):
    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self._ahead = 0.0
        super().__init__(database_url, instance, **environ)

    def start(self) -> None:
        self.run_command("demo", "start")
        super().start()

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
        return httpx.post(self.base_url + SCAN_PATH, json=body, headers={"Authorization": f"Bearer {known['key']}"}, timeout=30)
