from collections.abc import Iterator

import pytest

from tests.kit.documents import taking_papers
from tests.kit.reviews import Outcomes


@pytest.fixture(autouse=True)
def papers_taken() -> Iterator[None]:
    with taking_papers():
        yield


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()
