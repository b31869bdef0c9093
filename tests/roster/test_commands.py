import csv
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from tests.kit.roster import HEADER, WORKER, count_people, many
from tests.kit.settings import demo_environ
from tests.kit.workbooks import HEADER as COLUMNS
from tests.kit.workbooks import PERSON, listing, row, sheet, workbook

BAD = "01,510600199003070018,王芳,510603,310,1\n"


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["roster", "import", *arguments])
    return result.exit_code, result.output


def test_an_operator_imports_and_is_told_the_numbers(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEADER + WORKER)

    code, said = run(app, str(file))

    assert (code, count_people()) == (0, 1)
    assert "1 rows: 1 created, 0 updated, 0 unchanged, 0 refused" in said


def test_refused_rows_go_to_a_file_excel_can_read(app: Flask, tmp_path: Path) -> None:
    file, errors = tmp_path / "r.csv", tmp_path / "errors.csv"
    file.write_text(HEADER + WORKER + BAD)

    code, _said = run(app, str(file), "--mode", "good", "--errors", str(errors))

    assert (code, count_people()) == (0, 1)
    assert errors.read_bytes().startswith(b"\xef\xbb\xbf")
    with errors.open(encoding="utf-8-sig", newline="") as table:
        assert list(csv.DictReader(table)) == [{"line": "3", "field": "证件号码", "why": "身份证号最后一位对不上，请核对一遍。"}]


def test_in_mode_all_a_bad_row_fails_the_command_and_is_shown(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEADER + WORKER + BAD * 30)

    code, said = run(app, str(file))

    assert (code, count_people()) == (1, 0)
    assert "第 3 行 证件号码" in said
    assert "nothing was changed" in said
    assert said.count("最后一位对不上") == 20


def test_a_failure_is_one_sentence_and_not_zero(
    subtests: pytest.Subtests, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.csv").write_text(HEADER + WORKER)

    for arguments, said in (
        (["nowhere.csv"], "没有找到文件"),
        ([], "没有说要导入哪个文件"),
        (["r.csv", "--encoding", "martian"], "不认识编码"),
    ):
        with subtests.test(arguments=arguments, said=said):
            code, output = run(app, *arguments)

            assert code == 1
            assert said in output
            assert "Traceback" not in output


def test_an_unwanted_column_is_left_out_by_name(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEADER.replace("\n", ",备注\n") + WORKER.replace("\n", ",无\n"))

    assert run(app, str(file))[0] == 1
    assert run(app, str(file), "--ignore", "备注")[0] == 0


def test_an_import_killed_half_way_leaves_nothing_behind(app: Flask, tmp_path: Path, database_url: str) -> None:
    file = tmp_path / "big.csv"
    file.write_text(many(30_000))
    settings: Settings = app.config["SETTINGS"]
    environ = demo_environ(database_url, settings.instance_path, ROSTER_BATCH_ROWS="500")
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "roster",
        "import",
        str(file),
        "--mode",
        "all",
        "--encoding",
        "utf-8",
    ]
    process = subprocess.Popen(command, env=environ, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline and not _has_read(process.pid, file, 200_000):
        time.sleep(0.005)
    assert process.poll() is None, "it ended before it could be killed"

    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert count_people() == 0
    if database_url.startswith("sqlite"):
        with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    assert run(app, str(file))[0] == 0
    assert count_people() == 30_000


def _has_read(pid: int, file: Path, count: int) -> bool:
    """Whether the process holds the file open and has read so many bytes of it."""
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            if descriptor.readlink() == file:
                position = (Path(f"/proc/{pid}/fdinfo") / descriptor.name).read_text().split("\n")[0].split()[1]
                return int(position) >= count
        except OSError:
            continue
    return False


def test_how_the_file_was_read_and_three_masked_rows_are_shown_first(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(many(5), encoding="gbk")

    code, said = run(app, str(tmp_path / "r.csv"))

    first, *rows = [line for line in said.splitlines() if not line.startswith("{")][:4]
    assert (code, first) == (0, "编码：GB18030（GBK）")
    assert [re.sub("[0-9X]{4}$", "…", row.split()[1]) for row in rows] == ["5106**********…"] * 3
    assert [row.split()[0::2] for row in rows] == [["王*", "510603"]] * 3


def test_at_a_terminal_somebody_says_whether_it_was_read_rightly(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEADER + WORKER)
    monkeypatch.setattr("app.roster.commands._is_terminal", lambda: True)
    runner = app.test_cli_runner()

    refused = runner.invoke(args=["roster", "import", str(file)], input="n\n")
    people = count_people()
    unasked = runner.invoke(args=["roster", "import", str(file), "--yes"])

    assert (refused.exit_code, people) == (1, 0)
    assert "王*" in refused.output
    assert (unasked.exit_code, count_people()) == (0, 1)


def test_what_is_hidden_or_not_read_in_a_workbook_is_said(app: Flask, tmp_path: Path) -> None:
    hidden = row(2, PERSON).replace("<row ", '<row hidden="1" ')
    sheets = listing('<sheet name="本月" sheetId="1" r:id="r1"/><sheet name="说明" sheetId="2" r:id="r1"/>')
    (tmp_path / "r.xlsx").write_bytes(workbook(sheet=sheet(row(1, COLUMNS), hidden), workbook=sheets))

    code, said = run(app, str(tmp_path / "r.xlsx"))

    assert code == 0
    assert "工作表：本月" in said and "有 1 行在表格里是隐藏的" in said and "另外 1 张没有读" in said
