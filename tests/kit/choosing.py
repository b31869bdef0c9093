"""On which databases a test runs: rules and races on both, what only reads pages on one.

A module of pages that hold no SQL of their own says so by `pytestmark = pytest.mark.one_database`. Each of its tests then has one
database, by a hash of its name, so that half of them run on either and a test always on the same. What in such a module is about
the database all the same, says `@pytest.mark.both_databases`. `make thorough` runs all of it on both.
"""

import zlib

import pytest

from tests.kit.thorough import is_thorough

KINDS = ["sqlite", "postgresql"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    definition = metafunc.definition
    if "database_kind" not in metafunc.fixturenames or _names_its_own(definition):
        return
    is_one = bool(definition.get_closest_marker("one_database")) and not definition.get_closest_marker("both_databases")
    kinds = [chosen_kind(definition.nodeid)] if is_one and not is_thorough() else KINDS
    metafunc.parametrize("database_kind", kinds, indirect=True, scope="function")


def _names_its_own(definition: pytest.Function) -> bool:
    """By `@pytest.mark.parametrize("database_kind", …)`, for what one of the databases alone does."""
    return any(mark.args[0] == "database_kind" for mark in definition.iter_markers("parametrize"))


def chosen_kind(name: str) -> str:
    """name: of the test function, with its file and without parameters."""
    return KINDS[zlib.crc32(name.encode()) % len(KINDS)]
