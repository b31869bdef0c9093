"""On which databases a test runs: rules and races on both, what only reads pages on one.

A module of pages that hold no SQL of their own says so by `pytestmark = pytest.mark.one_database`. Each of its tests then has one
database, by a hash of its name, so that half of them run on either and a test always on the same. What in such a module is about
the database all the same, says `@pytest.mark.both_databases`.
"""

import zlib

import pytest

KINDS = ["sqlite", "postgresql"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        definition = metafunc.definition
        is_one = definition.get_closest_marker("one_database") is not None
        metafunc.parametrize(
            "database_kind", [chosen_kind(definition.nodeid)] if is_one else KINDS, indirect=True, scope="function"
        )


def chosen_kind(name: str) -> str:
    """name: of the test function, with its file and without parameters."""
    return KINDS[zlib.crc32(name.encode()) % len(KINDS)]
