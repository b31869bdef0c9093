"""The table of a chart as a CSV file."""

import tempfile
from pathlib import Path

from app.core.spreadsheet import write_csv
from app.figures.boards.parts import Chart


def to_csv(chart: Chart) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_csv(path, chart.header, chart.rows)
        return path.read_bytes()
