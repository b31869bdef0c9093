"""Who listens on the line between the bureau and its providers wants SMS codes, names and papers: nothing is sent in clear."""

from pathlib import Path

import pytest

from app import create_app
from app.config import SettingsError, load_settings
from tests.core.test_settings import PRODUCTION

EVERY = ("SMS_URL", "FACE_CHECK_URL", "FACE_CHECK_PAGE_URL", "ROSTER_URL", "S3_ENDPOINT")
CLEAR = (
    "http://provider.example/send",
    "HTTP://provider.example/send",
    "http://127.0.0.1.provider.example",
    "http://localhost@provider.example",
    "http://10.0.0.5:9000",
    "ftp://provider.example",
    "provider.example",
    "https://",
    "http://[::1",
)


def test_production_does_not_start_with_a_plain_address(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for name in EVERY:
        for address in CLEAR:
            with subtests.test(name=name, address=address):
                settings = load_settings({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), name: address})

                with pytest.raises(SettingsError, match=name):
                    create_app(settings)


def test_only_a_gateway_on_this_machine_may_be_plain(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for name in EVERY:
        for address in ("http://127.0.0.1:9000", "http://localhost/send", "http://[::1]:9000/", "https://provider.example"):
            with subtests.test(name=name, address=address):
                settings = load_settings({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), name: address})

                may = address.startswith("https") or name in ("SMS_URL", "S3_ENDPOINT")
                assert (settings.problems() == []) is may
