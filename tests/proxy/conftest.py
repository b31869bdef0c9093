import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kit.databases import Databases
from tests.proxy.house import House
from tests.proxy.visitor import Visitor


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    """The tests of a module share it, each as somebody else."""
    with databases.fresh("sqlite") as url, tempfile.TemporaryDirectory(prefix="pz-proxy-") as folder:
        made = House(url, Path(folder))
        yield made
        made.close()


@pytest.fixture
def visit(house: House) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of somebody's; arguments as `Visitor` takes them."""
    with ExitStack() as opened:

        def open_one(*arguments: str, **named: str) -> Visitor:
            visitor = Visitor(house, *arguments, **named)
            opened.callback(visitor.http.close)
            return visitor

        yield open_one
