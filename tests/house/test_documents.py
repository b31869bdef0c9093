"""Documents that follow from the code or list their neighbours say what is there."""

import re
from pathlib import Path

from app import FEATURES, create_app
from tests.kit.data_model import DOCUMENT, made
from tests.kit.settings import make_settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WITHOUT_ROOMS = {"sign_in", "conformance"}  # features that bring the app nothing of their own
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def links_of(page: Path) -> set[Path]:
    """The files of the repository that a document links to."""
    return {(page.parent / target).resolve() for target in _LINK.findall(page.read_text()) if not target.startswith(("http", "/"))}


def test_the_data_model_is_that_of_the_models(tmp_path: Path) -> None:
    create_app(make_settings(database_url="sqlite://", instance_path=tmp_path))  # loads every feature's models

    assert DOCUMENT.read_text() == made(), "make documents"


def test_every_decision_is_listed() -> None:
    index = DOCS / "adr/README.md"
    decisions = {path for path in index.parent.glob("*.md") if path != index}

    assert links_of(index) == decisions
    for number, name in re.findall(r"^\| (\d+) \| \[.*?\]\((\d+)-", index.read_text(), re.MULTILINE):
        assert int(name) == int(number), name


def test_every_document_is_listed() -> None:
    index = DOCS / "README.md"
    expected = {path for path in DOCS.glob("*.md") if path != index} | {DOCS / "adr/README.md"}

    assert expected - links_of(index) == set()


def test_architecture_lists_every_feature() -> None:
    listed = re.findall(r"^app/(\w+)/", (DOCS / "architecture.md").read_text(), re.MULTILINE)

    assert sorted(listed) == sorted({"core", *(name for name in FEATURES if not name.startswith("core."))} | WITHOUT_ROOMS)


def test_no_document_links_to_what_is_not_there() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    lost = [f"{page.relative_to(ROOT)}: {link}" for page in pages for link in links_of(page) if not link.exists()]

    assert lost == []


def test_readme_is_short_and_says_what_is_not_there_yet() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()

    assert len(lines) <= 45
    assert "## Not yet" in lines
