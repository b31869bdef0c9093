"""The review queue reads no more when a hundred times the cases wait: exact, on both databases."""

from pathlib import Path

import pytest

from app import create_app
from app.config import load_settings
from app.core import clock
from bench.review_queue import CASES, Desk, count_read, count_statements
from bench.seed import environment
from tests.kit.databases import Databases

MOST_STATEMENTS = {"queue page": 14, "desk": 12, "claim, case page, release": 60}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_pages_run_the_same_queries_and_read_as_much(kind: str, databases: Databases, tmp_path: Path) -> None:
    measured = []
    for count in CASES:
        with databases.fresh(kind) as url:
            desk = Desk(create_app(load_settings(environment(url, tmp_path))), count)
            clock.stop()  # that a session is in use is written down every half minute: not by one city's pages and not the other's
            for act in desk.acts().values():
                act()
            measured.append({name: (count_statements(desk, act), count_read(desk, act)) for name, act in desk.acts().items()})
            desk.close()
            clock.reset()

    few, many = measured
    assert {name: found[0] for name, found in few.items()} == {name: found[0] for name, found in many.items()}
    assert {name: found for name, found in few.items() if found[0] > MOST_STATEMENTS[name]} == {}
    grown = {name: round(many[name][1] / few[name][1], 2) for name in few}
    assert {name: factor for name, factor in grown.items() if factor > 1.3} == {}, (few, many)
