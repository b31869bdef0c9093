"""Every rule and standard that the code cites stands in docs/rules.md, with a module that is there and a test that is there."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/rules.md"
TEXT = {".py", ".html", ".js", ".css", ".md", ".csv", ".toml", ".sh", ""}
NOT_CITED = "*not cited*"

_NOT_A_RULE = re.compile(r"# noqa: [A-Z0-9, ]+|\bS3(?= [a-z])")  # a linter's number; a store of files
_FACT = re.compile(r"\b([SC])([1-9]\d?)(?:[-–]\1?([1-9]\d?))?\b")
_PART = re.compile(r"\b(contract|domain) (\d)\b", re.IGNORECASE)
_LIST = r"\d[\d.]*(?<!\.)(?:, \d[\d.]*(?<!\.))*"
_STANDARDS = (  # how a standard is cited -> what its line in the document begins with
    (re.compile(rf"\bASVS (?:5\.0 )?({_LIST})"), "ASVS "),
    (re.compile(rf"\bPIPL ({_LIST})"), "PIPL "),
    (re.compile(r"\bWCAG (?:2\.2, )?(\d+\.\d+\.\d+)"), "WCAG "),
    (re.compile(r"\bRFC (\d+)"), "RFC "),
    (re.compile(r"\bGB/T (\d+)"), "GB/T "),
    (re.compile(r"\bGB ?(\d{4,5})\b"), "GB "),
    (re.compile(r"\bISO/IEC (\d+)"), "ISO/IEC "),
    (re.compile(r"\bISO (\d+)"), "ISO "),
    (re.compile(r"\bNIST (800-63B)"), "NIST "),
    (re.compile(r"\bNIST SP (800-\w+)"), "NIST SP "),
    (re.compile(r"\b(OWASP)\b"), ""),
    (re.compile(r"\b(2025 face rule)\b"), ""),
)


class Line(NamedTuple):
    """One line of a table: its cells as written."""

    rule: str
    says: str
    held_in: str
    proved_by: str  # empty for a standard


def citations(text: str) -> Iterator[str]:
    """What a text cites, named as the document names it: `S26`, `contract 4`, `ASVS 6.5.1`. Ranges and lists are taken apart."""
    text = _NOT_A_RULE.sub("", text)
    for letter, first, last in _FACT.findall(text):
        yield from (f"{letter}{n}" for n in range(int(first), int(last or first) + 1))
    yield from (f"{part.lower()} {n}" for part, n in _PART.findall(text))
    for pattern, name in _STANDARDS:
        yield from (f"{name}{number}" for found in pattern.findall(text) for number in found.split(", "))


def lines() -> list[Line]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.read_text().splitlines() if line[:1] == "|"]
    return [Line(*row, *[""] * (4 - len(row))) for row in rows if row[0] not in {"rule", "cited"} and set(row[0]) != {"-"}]


def name_of(line: Line) -> str:
    """Of `ASVS 4.1.3 (5.0)` the first part."""
    return line.rule.partition(" (")[0]


def tracked(*folders: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [p for p in paths if p.suffix in TEXT and p.is_file() and p not in {DOCUMENT, Path(__file__)}]


def faults_of(line: Line) -> Iterator[str]:
    """Modules and tests that a line names and that are not there."""
    modules = re.findall(r"`([^`]+)`", line.held_in)
    yield from (f"{line.rule}: no module {m}" for m in modules if not (ROOT / "app" / m).exists())
    if not modules:
        yield f"{line.rule}: names no module"
    tests = re.findall(r"`([^`:]+)::([^`]+)`", line.proved_by)
    for file, test in tests:
        path = ROOT / "tests" / file
        if not path.is_file() or not re.search(rf"^(async )?def {test}\(", path.read_text(), re.MULTILINE):
            yield f"{line.rule}: no test {file}::{test}"
    if line.proved_by == "" and re.match(r"[SC]\d|contract|domain", line.rule):
        yield f"{line.rule}: names no test"


def test_every_citation_leads_to_a_rule_that_is_held_and_proved() -> None:
    there = {name_of(line): line for line in lines()}
    counted = Counter(line.rule for line in lines() if not _PART.match(line.rule))
    faults = [f"{rule}: has {n} lines" for rule, n in counted.items() if n > 1]
    faults += [fault for line in lines() for fault in faults_of(line)]
    for path in tracked("app"):
        cited = sorted(set(citations(path.read_text())) - there.keys())
        faults += [f"{path.relative_to(ROOT)} cites {name}, which docs/rules.md lacks" for name in cited]
    everywhere = {name for path in tracked() for name in citations(path.read_text(errors="replace"))}
    faults += [f"{n}: cited by nobody" for n, line in there.items() if n not in everywhere and NOT_CITED not in line.says]
    faults += [f"{n}: is cited, its line says it is not" for n, line in there.items() if n in everywhere and NOT_CITED in line.says]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The holder's boxes (S26, S32, S33).", ["S26", "S32", "S33"]),
        ("given back after the checks (S80-S82)", ["S80", "S81", "S82"]),
        ("Ways of equal rank (S64–65)", ["S64", "S65"]),
        ("by sql  # noqa: S608", []),
        ("a folder or an S3 bucket", []),
        ("Operators (Contract 4; domain 5)", ["contract 4", "domain 5"]),
        ("once (ASVS 6.5.1, 6.6.2).", ["ASVS 6.5.1", "ASVS 6.6.2"]),
        ("no other (ASVS 5.0 4.1.3).", ["ASVS 4.1.3"]),
        ("(PIPL 14, 29)", ["PIPL 14", "PIPL 29"]),
        ("NIST 800-63B-4 3.2.2, GB18030, ISO/IEC 18004", ["GB 18030", "ISO/IEC 18004", "NIST 800-63B"]),
    ],
)
def test_citations_are_read_as_people_write_them(text: str, cited: list[str]) -> None:
    assert sorted(citations(text)) == cited
