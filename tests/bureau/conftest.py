import pytest

from tests.kit.documents import take_papers
from tests.kit.reviews import Outcomes


@pytest.fixture(autouse=True)
def papers_taken(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        take_papers(request.getfixturevalue("app"))


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()
