"""Tests in another order each time, so that none can lean on what an earlier one left behind.

The order follows from a seed, which is printed; `--seed N` (or PYTEST_SEED) gives the same order again. Modules stay whole, as
their tests may share what takes seconds to start, and so do the halves of a module that are handed out together; the long ones
come first, so that no process is left with one while the other has nothing to do.
"""

import os
import random
from collections.abc import Iterable
from itertools import groupby

import pytest

from tests.kit.scheduling import scope_of

_VARIABLE = "PYTEST_SEED"
LONG = (
    "tests/engines/",
    "tests/proxy/",
    "tests/journeys/",
    "tests/house/test_pages.py",
    "tests/documents/test_s3.py",
    "tests/install/",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="the order of the tests; another one each time if not given")


def pytest_configure(config: pytest.Config) -> None:
    """Test processes of xdist inherit the environment, so all of them shuffle alike."""
    if config.option.seed is None:
        config.option.seed = int(os.environ.get(_VARIABLE) or random.randrange(1_000_000))
    if not hasattr(config, "workerinput"):
        os.environ[_VARIABLE] = str(config.option.seed)


def pytest_sessionstart(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(session.config, "workerinput"):
        reporter.write_line(f"the order of the tests: --seed {session.config.option.seed}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    by_name = {item.nodeid: item for item in items}
    items[:] = [by_name[name] for name in shuffled([item.nodeid for item in items], config.option.seed)]


def shuffled(names: Iterable[str], seed: int) -> list[str]:
    """names: of tests, as pytest writes them."""
    chance = random.Random(seed)
    modules = [list(names) for _, names in groupby(names, key=_module_of)]
    chance.shuffle(modules)
    modules.sort(key=lambda names: not names[0].startswith(LONG))
    return [name for module in modules for name in _shuffled_module(module, chance)]


def _shuffled_module(names: list[str], chance: random.Random) -> list[str]:
    """Tests that are handed out together stay together."""
    chance.shuffle(names)
    scopes = list(dict.fromkeys(scope_of(name) for name in names)) if names[0].startswith(LONG) else []
    return sorted(names, key=lambda name: scopes.index(scope_of(name))) if scopes else names


def _module_of(name: str) -> str:
    return name.partition("::")[0]
