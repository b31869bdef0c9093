"""Documents that follow from the code say what is there."""

from pathlib import Path

from app import create_app
from tests.kit.data_model import DOCUMENT, made
from tests.kit.settings import make_settings


def test_the_data_model_is_that_of_the_models(tmp_path: Path) -> None:
    create_app(make_settings(database_url="sqlite://", instance_path=tmp_path))  # loads every feature's models

    assert DOCUMENT.read_text() == made(), "make documents"
