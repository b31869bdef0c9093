from pathlib import Path

import pytest
from flask import Flask

from tests.kit.roster import Importing


@pytest.fixture
def load(app: Flask, tmp_path: Path) -> Importing:
    return Importing(app, tmp_path)
