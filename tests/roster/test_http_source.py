from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.config import Mode
from app.roster.providers import SourceRefused
from app.roster.providers.http import HttpSource, open_http
from app.roster.queries import find_person
from app.roster.service import import_roster
from tests.kit.roster_source import KEY, RosterServer, roster_server
from tests.kit.settings import make_settings

NUMBERS = ["510600199003070017", "510600199003070025", "510600201002280012", "510600199602290011", "51060019580101007X"]
ROWS: list[dict[str, Any]] = [
    {"cert_type": "01", "cert_no": number, "name": "王㛃", "insured_region": "510603", "insutype": "310"} for number in NUMBERS
]


def source(server: RosterServer, key: str = KEY) -> HttpSource:
    return HttpSource(server.url, key, page_rows=2, pause_seconds=0.01)


def read(server: RosterServer, key: str = KEY) -> list[tuple[int, str]]:
    made = source(server, key)
    try:
        return [(line, str(row["cert_no"])) for line, row in made.rows()]
    finally:
        made.close()


def test_pages_are_walked_to_the_end_with_key_and_cursor() -> None:
    with roster_server(ROWS) as server:
        assert read(server) == list(enumerate(NUMBERS, 1))

        assert [request.get("cursor") for request in server.requests] == [None, ["2"], ["4"]]
        assert server.requests[0]["limit"] == ["2"]


def test_what_comes_over_http_enters_the_roster(app: Flask) -> None:
    with roster_server(ROWS) as server:
        made = source(server)

        result = import_roster(made)

        made.close()
    assert (result.created, result.refused) == (5, 0)
    found = find_person("01", "51060019580101007X")
    assert found is not None
    assert found.name == "王㛃"


def test_a_passing_failure_is_tried_again() -> None:
    passing = [(503, {"Retry-After": "0"}, b""), (429, {}, b"")]
    with roster_server(ROWS, answers=passing) as server:
        assert len(read(server)) == 5


def test_a_lasting_failure_is_given_up_after_four_tries() -> None:
    with roster_server(ROWS, answers=[(503, {}, b"")] * 10) as server:
        with pytest.raises(SourceRefused, match="4 次"):
            read(server)

        assert len(server.requests) == 4


def test_a_server_that_is_not_there_is_given_up() -> None:
    with roster_server(ROWS) as server:
        pass

    with pytest.raises(SourceRefused, match="连不上"):
        read(server)


def test_a_wrong_key_is_said_at_once() -> None:
    with roster_server(ROWS) as server:
        with pytest.raises(SourceRefused, match="钥匙"):
            read(server, key="another")

        assert len(server.requests) == 1


def test_an_answer_of_another_shape_is_refused(subtests: pytest.Subtests) -> None:
    for body in (b"<html>", b"[]", b'{"rows": 3}', b'{"rows": ["x"]}', b'{"rows": [], "next": 5}', b"\xff\xfe"):
        with (
            subtests.test(body=body),
            roster_server(ROWS, answers=[(200, {}, body)]) as server,
            pytest.raises(SourceRefused, match="看不懂"),
        ):
            read(server)


def test_a_source_that_goes_in_circles_is_refused() -> None:
    circle = b'{"rows": [{"cert_no": "x"}], "next": "1"}'
    with roster_server(ROWS, answers=[(200, {}, circle)] * 3) as server, pytest.raises(SourceRefused, match="同一页"):
        read(server)


def test_an_empty_source_is_refused_rather_than_believed() -> None:
    with roster_server([]) as server, pytest.raises(SourceRefused, match="一个人也没有"):
        read(server)


def test_a_source_that_breaks_off_changes_nothing(app: Flask) -> None:
    with roster_server(ROWS) as server:
        made = source(server)
        made.columns()
        server.answers = [(400, {}, b"")]

        with pytest.raises(SourceRefused):
            import_roster(made)

        made.close()
    assert find_person("01", NUMBERS[0]) is None


def test_the_address_comes_from_the_settings_and_must_be_safe_in_production(tmp_path: Path) -> None:
    settings = make_settings(database_url="sqlite://", instance_path=tmp_path, roster_url="http://127.0.0.1:1/x", roster_key="k")

    open_http(settings, "", "").close()
    with pytest.raises(SourceRefused, match="https"):
        open_http(replace(settings, app_mode=Mode.production), "", "")
    with pytest.raises(SourceRefused, match="ROSTER_URL"):
        open_http(replace(settings, roster_url=""), "", "")
