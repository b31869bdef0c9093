"""What became of each journey in each engine, as a table for docs/browsers.md."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[2] / "docs/browsers.md"
_BEGIN = "<!-- The table is written by `make engines`. -->"
_END = "<!-- To here. -->"


@dataclass(frozen=True)
class Column:
    engine: str
    version: str
    words: dict[str, str]  # by journey


def read_columns(folder: Path, engines: list[str]) -> list[Column]:
    """An engine whose walk could not begin has no file; its column says so."""
    columns = []
    for engine in engines:
        file = folder / f"{engine}.json"
        told: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"version": "", "journeys": {}}
        columns.append(Column(engine, told["version"], told["journeys"]))
    return columns


def as_table(columns: list[Column], journeys: list[str]) -> str:
    heads = [f"{column.engine} ({column.version})" if column.version else column.engine for column in columns]
    lines = ["| journey | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for journey in journeys:
        cells = [column.words.get(journey, "not walked").replace("|", "\\|") for column in columns]
        lines.append(f"| {journey} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def with_table(document: str, table: str) -> str:
    """The document with this table in place of the one it holds."""
    before, _, rest = document.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table}\n{_END}{after}"
