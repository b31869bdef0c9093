"""Every roster of the list through the command line, and what stands in its cells through a source over HTTP."""

import csv
from pathlib import Path

import pytest
from flask import Flask

from app.core.text_encoding import detect_encoding
from app.roster.providers.http import HttpSource
from app.roster.service import ImportMode, Refusal, import_roster
from tests.kit.roster_cases import Case, cases_of, groups, last_id, name_of, newest_people, require
from tests.kit.roster_source import KEY, roster_server

pytestmark = pytest.mark.one_database
KEYS = {
    "证件类型": "cert_type",
    "证件号码": "cert_no",
    "姓名": "name",
    "参保地": "insured_region",
    "险种": "insutype",
    "参保状态": "status",
    "出生日期": "birthday",
}


@pytest.mark.parametrize("group", groups(), ids=name_of)
def test_a_roster_of_the_field_is_imported_by_command_or_refused_with_the_reason(
    group: list[Case], app: Flask, subtests: pytest.Subtests
) -> None:
    for case in group:
        with subtests.test(case=case.path.name):
            before = last_id()

            ended = app.test_cli_runner().invoke(args=["roster", "import", str(case.path), "--mode", "good"])

            assert "Traceback" not in ended.output and (ended.exception is None or isinstance(ended.exception, SystemExit))
            assert ended.exit_code == (1 if case.is_refused_whole else 0), ended.output
            assert case.says in ended.output and case.sheet in ended.output and case.remark in ended.output
            require(case, newest_people(before))
            if case.people_in or case.refused:
                rows = case.people_in + case.refused
                assert f"{rows} rows: {case.people_in} created, 0 updated, 0 unchanged, {case.refused} refused" in ended.output


def rows_of(case: Case) -> list[dict[str, str]]:
    """The same people as a source of JSON would give them."""
    with case.path.open("rb") as file:
        encoding = detect_encoding(file)
    with case.path.open(encoding=encoding, newline="") as text:
        return [{KEYS[key]: cell for key, cell in row.items() if key in KEYS} for row in csv.DictReader(text)]


@pytest.mark.parametrize("name", ["c10", "c11", "c12", "c13", "c14", "c25", "c26", "d"])
def test_a_cell_of_the_field_is_read_over_http_as_in_a_file(name: str, app: Flask, subtests: pytest.Subtests) -> None:
    for case in cases_of(name):
        with subtests.test(case=case.path.name):
            before, refusals = last_id(), list[Refusal]()

            with roster_server(rows_of(case)) as server:
                source = HttpSource(server.url, KEY, page_rows=2, pause_seconds=0.01)
                result = import_roster(source, ImportMode.good, on_refusal=refusals.append)
                source.close()

            require(case, newest_people(before))
            assert result.created + result.refused == (case.in_or_refused or case.people_in + case.refused)
            assert case.says in "".join(refusal.field + refusal.why for refusal in refusals)


def test_a_source_that_does_not_say_how_much_it_has_is_imported_by_command(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases_of("c01")[0]
    with roster_server(rows_of(case)) as server:
        monkeypatch.setattr(type(server), "page", lambda self, cursor: {"rows": self.rows, "next": None})
        monkeypatch.setattr("app.roster.commands.open_source", lambda *_said: HttpSource(server.url, KEY))
        before = last_id()

        ended = app.test_cli_runner().invoke(args=["roster", "import"])

    assert ended.exit_code == 0, ended.output
    require(case, newest_people(before))
