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


def test_a_spreadsheet_changes_nothing_of_what_it_opens(tmp_path: Path) -> None:
    """Numbers of 12 digits and more are shown as 3.85E+17 and lose their end, zeros in front go, 3-4 becomes a day in March."""
    ids = [
        385628958653452344,
        "385628958653452344",
        "51060019580101007X",
        "510600195801010070",
        "0012",
        "12E4",
        "3-4",
        "199000000001",
    ]
    kept = [12, 0.5, "2026-11-30 08:00:00", "19900000001", "510603", "roster_import:1", "1.5", "0"]

    write_csv(tmp_path / "out.csv", ["编号"], [ids, kept])

    written = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert written[1].split(",") == [f"'{cell}" if "X" not in str(cell) else str(cell) for cell in ids]
    assert written[2].split(",") == [str(cell) for cell in kept]
