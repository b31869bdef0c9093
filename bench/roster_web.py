"""A roster through the web: a real server takes the file, a process for jobs checks, applies and takes it back.

Memory is the peak of each process; ten times the rows must not need more of it. Run by hand with a number of rows and a database:
`python -m bench.roster_web 1000000 postgresql`.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_migrate
import pyotp

from app.core.db import db
from app.regions.service import load_regions
from app.staff.models import Role
from app.staff.service import add_staff
from bench import roster_import
from bench.ratios import Ratio, ratio
from bench.seed import environment, open_app
from bench.servers import Server, postgres, serving

ROWS = {"small": (10_000, 100_000), "full": (100_000, 1_000_000)}
GOAL = "<= 1.2"
_PASSWORD, _SECRET = "梧桐 river 47 lantern", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_BLOCK = 1 << 16


def measure(scale: str) -> list[Ratio]:
    few, many = (run(rows, "sqlite") for rows in ROWS[scale])
    return [
        ratio("roster on the web, memory of 10x rows: web process", [many["web_mb"] / few["web_mb"]], GOAL),
        ratio("roster on the web, memory of 10x rows: job process", [many["job_mb"] / few["job_mb"]], GOAL),
        *(
            ratio(f"roster on the web, {ROWS[scale][1]:,} rows: {step}, seconds", [many[step]])
            for step in ("upload", "check", "apply")
        ),
    ]


def run(rows: int, database: str, *, verbose: bool = False) -> dict[str, float]:
    """Seconds of each step and the peak memory of both processes, in MB."""
    with tempfile.TemporaryDirectory(prefix="pz-bench-web-") as name:
        folder = Path(name)
        file = folder / "roster.csv"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(",".join(row) + "\n" for row in roster_import.rows(rows))
        if database == "sqlite":
            return _on(f"sqlite:///{folder / 'bench.sqlite3'}", folder, file, verbose)
        with postgres() as (url, _pid):
            return _on(url.format("postgres"), folder, file, verbose)


def _on(url: str, folder: Path, file: Path, verbose: bool) -> dict[str, float]:
    environ = environment(url, folder) | {"JOB_RUNNER": "own", "RATELIMIT_STORAGE_URL": "memory://", "ROSTER_MAX_MEGABYTES": "400"}
    with open_app(environ).app_context():
        flask_migrate.upgrade()
        load_regions()
        add_staff("keeper", "量度", agency="deyang", roles=[Role.sysadmin], by="system", password=_PASSWORD, totp_secret=_SECRET)
        db.session.remove()
        db.engine.dispose()
    server = Server("wsgi:app", environ)
    with serving(server), _jobs(environ, folder) as jobs:
        desk = _Desk(server.port)
        found: dict[str, float] = {}
        for step, act in (("upload", lambda: desk.send(file)), ("check", desk.wait), ("apply", desk.apply), ("undo", desk.undo)):
            began = time.perf_counter()
            act()
            found[step] = time.perf_counter() - began
            if verbose:
                peaks = [max(map(_peak_mb, _family(pid))) for pid in (server._process.pid, jobs.pid)]
                print(f"{step}: {found[step]:.1f} s, peak of web {peaks[0]:.0f} MB, of jobs {peaks[1]:.0f} MB", flush=True)
        found["web_mb"] = max(_peak_mb(pid) for pid in _family(server._process.pid))
        found["job_mb"] = max(_peak_mb(pid) for pid in _family(jobs.pid))
        return found


class _Desk:
    """A member of staff's browser: cookies, tokens, and a form whose file is sent in blocks."""

    def __init__(self, port: int) -> None:
        self._port, self._cookies, self._at = port, dict[str, str](), ""
        self._post("/bureau/sign-in", {"username": "keeper", "password": _PASSWORD})
        self._post("/bureau/sign-in/second-factor", {"code": pyotp.TOTP(_SECRET).now()})

    def send(self, file: Path) -> None:
        token = self._token("/bureau/roster")
        head = (
            f'--pz\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            '--pz\r\nContent-Disposition: form-data; name="file"; filename="roster.csv"\r\n\r\n'
        ).encode()
        tail = b"\r\n--pz--\r\n"

        def body() -> Iterator[bytes]:
            yield head
            with file.open("rb") as content:
                while block := content.read(_BLOCK):
                    yield block
            yield tail

        size = str(len(head) + file.stat().st_size + len(tail))
        kind = {"Content-Type": "multipart/form-data; boundary=pz", "Content-Length": size}
        self._at = self._ask("POST", "/bureau/roster/uploads", body(), kind)[1]

    def wait(self) -> str:
        while True:
            page = self._ask("GET", self._at)[0]
            if 'data-enhance="job-progress"' not in page:
                if "没有做成" in page:
                    raise RuntimeError(re.sub("<[^>]+>", " ", page)[-800:])
                return page
            time.sleep(0.5)

    def apply(self) -> None:
        self._at = self._post("/bureau/roster/uploads/1/application", {"mode": "all"})
        self.wait()

    def undo(self) -> None:
        self._at = self._post("/bureau/roster/imports/1/undoing", {"confirmed": "y"})
        self.wait()

    def _post(self, path: str, fields: dict[str, str]) -> str:
        token = self._token("/bureau/roster" if path.startswith("/bureau/roster") else path)
        form = urlencode({"csrf_token": token, **fields}).encode()
        return self._ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})[1]

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self._ask("GET", path)[0])
        assert found is not None, path
        return found[1]

    def _ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[str, str]:
        """(the page, where it sends one)"""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, path, body, {"Cookie": cookies, **(headers or {})})
        answer = connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        connection.close()
        if answer.status >= 400 or (method == "POST" and answer.status != 303):
            raise RuntimeError(f"{method} {path}: {answer.status} {re.sub('<[^>]+>', ' ', page)[-600:]}")
        return page, answer.headers.get("Location", "")


@contextmanager
def _jobs(environ: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "FLASK_APP": "wsgi:app", **environ}
    with (folder / "jobs.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], env=env, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def _peak_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), sys.argv[2], verbose=True)))
