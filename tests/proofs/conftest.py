from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.proofs.provider import KEY, Provider, Server


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    """The app uses the HTTP adapter, against a provider of this test's own."""
    with Server() as made:
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], face_check="http", face_check_url=made.url, face_check_key=KEY, face_check_timeout_seconds=0.5
        )
        yield made
