import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.engines.cable import Cable
from tests.engines.engines import ENGINES, IN_THE_GATE, start_engine
from tests.engines.phone import Phone
from tests.engines.walking import Result, Walk
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer
from tests.kit.ports import free_port
from tests.kit.thorough import is_thorough

RESULTS = "ENGINES_RESULTS"  # the folder in which `make engines` wants what became of each journey
SHORT_PERIOD_S = 6  # in the gate nobody waits half a minute for the next code


def is_whole() -> bool:
    return RESULTS in os.environ


@pytest.fixture(params=ENGINES if is_whole() or is_thorough() else IN_THE_GATE)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine. Who has this fixture is a browser test."""
    return str(request.param)


@pytest.fixture
def walk(engine: str, databases: Databases, tmp_path: Path) -> Iterator[Walk]:
    """A phone with this engine, as new, and a bureau of its own that asks for two digits at a first use."""
    with ExitStack() as opened:
        url = opened.enter_context(databases.fresh("sqlite"))
        instance = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="pz-engines-")))
        rules = {"RISK_FIRST_USE": "1", "RISK_NEW_DEVICE_HOURS": "24"}
        period = 30 if is_whole() else SHORT_PERIOD_S
        server = DemoServer(url, instance, WEB_WORKERS="1", CODE_PERIOD_SECONDS=str(period), TEST_WIDE_BOUNDS="1", **rules)
        opened.callback(server.stop)
        started = start_engine(engine)
        opened.callback(started.close)
        cable = opened.enter_context(Cable(server.port, free_port()))
        phone = Phone(started, cable.url)
        yield Walk(phone, server, cable, tmp_path, period, rounds=4 if is_whole() else 1)


def keep(engine: str, version: str, results: list[Result]) -> None:
    """For the matrix, when one is wanted."""
    if not is_whole():
        return
    told = {"version": version, "journeys": {result.journey: result.words for result in results}}
    (Path(os.environ[RESULTS]) / f"{engine}.json").write_text(json.dumps(told, ensure_ascii=False))
