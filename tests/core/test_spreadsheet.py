import csv
from pathlib import Path

from app.core.spreadsheet import write_csv


def test_text_that_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers(tmp_path: Path) -> None:
    cells = ["=cmd|'/c calc'!A1", "+1", "-1+2", "@SUM(A1)", "\t=1", "＝1", "－2", " =1", -5, 2.5, None, "张三", "a=b"]

    assert write_csv(tmp_path / "out.csv", ["=甲"], [cells]) == 1

    raw = (tmp_path / "out.csv").read_bytes()
    header, row = csv.reader(raw.decode("utf-8-sig").splitlines())
    assert raw.startswith(b"\xef\xbb\xbf") and header == ["'=甲"]
    assert row == [f"'{c}" for c in cells[:8]] + ["-5", "2.5", "", "张三", "a=b"]
