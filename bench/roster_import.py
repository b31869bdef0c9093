"""Importing a roster against the database's own bulk load of the same finished rows into the same table and indexes.

Both in processor time (ours, our child's and the database's), taking turns. Memory is the peak of a process of its own that does
nothing else, and of the child that reads a workbook for it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg

from app.core.db import db
from app.roster.identity import check_digit
from app.roster.providers.registry import open_source
from app.roster.service import import_roster
from bench.ratios import Ratio, interleaved, ratio
from bench.seed import environment, open_app
from bench.servers import cpu_seconds, postgres
from bench.workbook import write_workbook

ROWS = {"small": 100_000, "full": 1_000_000}
SHEET_ROWS = {"small": 20_000, "full": 1_000_000}
GOAL = ">= 0.08"
MEMORY_GOAL = "<= 300"
BLOCK_BYTES = 1 << 20
CHUNK_ROWS = 20_000
HEADER = ["证件类型", "证件号码", "姓名", "参保地", "险种", "参保状态", "人员编号", "人员类别"]
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超"


def measure(scale: str) -> list[Ratio]:
    with tempfile.TemporaryDirectory(prefix="pz-bench-roster-") as name:
        folder = Path(name)
        file = folder / "roster.csv"
        file.write_text("".join(",".join(row) + "\n" for row in rows(ROWS[scale])), encoding="utf-8")
        found = _on_sqlite(file, folder, ROWS[scale])
        with postgres() as (url, pid):
            found += _on_postgresql(file, folder, url, pid, ROWS[scale])
        sheet = folder / "roster.xlsx"
        write_workbook(sheet, rows(SHEET_ROWS[scale]))
        return found + _in_own_process("XLSX", sheet, folder, _new_sqlite(folder), SHEET_ROWS[scale])


def rows(count: int) -> Iterator[list[str]]:
    yield HEADER
    first = date(1930, 1, 1)
    for i in range(count):
        body = f"510600{first + timedelta(days=i // 900):%Y%m%d}{i % 900:03d}"
        name = "王李张刘㛃"[i % 5] + GIVEN[i // 5 % 19] + GIVEN[i // 95 % 19]
        region = ("510603", "510604", "510681", "510699")[i % 4]
        yield ["01", body + check_digit(body), name, region, ("310", "390")[i % 2], "1", f"51060000{i:014d}", "1101"]


def _on_sqlite(file: Path, folder: Path, count: int) -> list[Ratio]:
    import_rates: list[float] = []
    finished = _new_sqlite(folder)
    _import(finished, file, folder, lambda: 0.0)

    def ours() -> float:
        url = _new_sqlite(folder)
        spent = _import(url, file, folder, lambda: 0.0)
        import_rates.append(count / spent)
        _path(url).unlink()
        return spent

    def bulk() -> float:
        url = _new_sqlite(folder)
        spent = _executemany(finished, url)
        _path(url).unlink()
        return spent

    shares = interleaved(bulk, ours, GOAL)
    return [
        ratio("roster import / bulk load, SQLite (CPU time)", shares, GOAL),
        ratio("roster import, SQLite: rows per CPU second", import_rates),
        *_in_own_process("CSV, SQLite", file, folder, _new_sqlite(folder), count),
    ]


def _on_postgresql(file: Path, folder: Path, url: str, pid: int, count: int) -> list[Ratio]:
    import_rates: list[float] = []
    plain = url.format("postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as admin:
        _create(admin, "template_roster")
        _migrate(url.format("template_roster"), folder)

        def fresh() -> str:
            _create(admin, "measured", template="template_roster")
            return url.format("measured")

        def ours() -> float:
            spent = _import(fresh(), file, folder, lambda: cpu_seconds(pid))
            import_rates.append(count / spent)
            return spent

        dump = folder / "finished.copy"
        ours()
        import_rates.clear()
        with (
            psycopg.connect(url.format("measured").replace("+psycopg", "")) as done,
            done.cursor().copy("COPY (SELECT * FROM insured_person ORDER BY id) TO STDOUT") as copy,
            dump.open("wb") as out,
        ):
            for block in copy:
                out.write(block)

        shares = interleaved(lambda: _copy(fresh(), dump, pid), ours, GOAL)
        return [
            ratio("roster import / COPY, PostgreSQL (CPU time)", shares, GOAL),
            ratio("roster import, PostgreSQL: rows per CPU second", import_rates),
            *_in_own_process("CSV, PostgreSQL", file, folder, fresh(), count),
        ]


def _import(url: str, file: Path, folder: Path, database_cpu: Callable[[], float]) -> float:
    """Processor seconds of one import, ours and the database's."""
    app = open_app(environment(url, folder))
    with app.app_context():
        source = open_source(app.config["SETTINGS"], str(file))
        began = sum(os.times()[:4]) + database_cpu()
        result = import_roster(source, on_progress=lambda _position: _watch(source))
        source.close()  # and so the child, whose time counts when it has ended
        spent = sum(os.times()[:4]) + database_cpu() - began
        db.session.remove()
        db.engine.dispose()
    if result.refused or result.created != result.rows:
        raise RuntimeError(f"the import was to create every row: {result}")
    return spent


def _executemany(finished: str, url: str) -> float:
    """One prepared statement in one transaction; reading the finished rows is not counted."""
    app = open_app(environment(url, _path(url).parent))
    spent = 0.0
    with app.app_context():
        pool: Any = db.engine.raw_connection()
        raw = pool.dbapi_connection
        raw.execute("PRAGMA query_only=OFF")
        raw.execute("ATTACH ? AS finished", (str(_path(finished)),))
        cursor = raw.execute("SELECT * FROM finished.insured_person ORDER BY id")
        raw.execute("BEGIN IMMEDIATE")
        marks = ",".join("?" * len(cursor.description))
        while chunk := cursor.fetchmany(CHUNK_ROWS):
            began = time.process_time()
            raw.executemany(f"INSERT INTO insured_person VALUES ({marks})", chunk)
            spent += time.process_time() - began
        began = time.process_time()
        raw.execute("COMMIT")
        spent += time.process_time() - began
        pool.close()
        db.engine.dispose()
    return spent


def _copy(url: str, dump: Path, pid: int) -> float:
    with psycopg.connect(url.replace("+psycopg", "")) as connection, dump.open("rb") as file:
        began = time.process_time() + cpu_seconds(pid)
        with connection.cursor().copy("COPY insured_person FROM STDIN") as copy:
            while block := file.read(BLOCK_BYTES):
                copy.write(block)
        connection.commit()
        return time.process_time() + cpu_seconds(pid) - began


def _in_own_process(what: str, file: Path, folder: Path, url: str, count: int) -> list[Ratio]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), **environment(url, folder)}
    command = [sys.executable, "-m", "bench.roster_import", str(file)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    child = [ratio(f"roster import, {what}, {count:,} rows: its child's peak memory, MB", [told["child_mb"]], MEMORY_GOAL)]
    return [
        ratio(f"roster import, {what}, {count:,} rows: peak memory, MB", [told["peak_mb"]], MEMORY_GOAL),
        *(child if told["child_mb"] else []),
        ratio(f"roster import, {what}: rows per second of its process", [count / told["cpu"]]),
    ]


def _new_sqlite(folder: Path) -> str:
    template = folder / "template.sqlite3"
    if not template.exists():
        _migrate(f"sqlite:///{template}", folder)
    path = Path(tempfile.mkdtemp(dir=folder)) / "measured.sqlite3"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _migrate(url: str, folder: Path) -> None:
    with open_app(environment(url, folder)).app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def _create(admin: "psycopg.Connection[Any]", name: str, template: str = "template1") -> None:
    for statement in (f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"'):
        admin.execute(statement)


_child_peak_mb = 0.0


def _watch(source: Any) -> None:
    global _child_peak_mb
    child = getattr(source, "_child", None)
    if child is not None:
        _child_peak_mb = max(_child_peak_mb, _peak_mb(str(child._process.pid)))


def _peak_mb(process: str = "self") -> float:
    """Of this program alone: ru_maxrss would count what the process was before it became this program."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in status else 0.0


if __name__ == "__main__":
    seconds = _import(os.environ["DATABASE_URL"], Path(sys.argv[1]), Path(os.environ["INSTANCE_PATH"]), lambda: 0.0)
    print(json.dumps({"peak_mb": _peak_mb(), "child_mb": _child_peak_mb, "cpu": seconds}))
