"""A backup that any release made comes back into this one. That of the first has no manifest, no check values and older tables."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values
from flask import Flask

from app import create_app
from app.core import audit, clock, installation
from app.core.audit.seal import head_path
from app.core.database.checking import check_backup
from app.core.database.restoring import SecretsUnfit, restore_backup
from app.core.db import db
from tests.kit.settings import SECRETS, make_settings
from tests.upgrade.releases import RELEASES, Release


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Release:
    return Release(request.param)


@pytest.fixture
def bureau(release: Release, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An empty installation with the secrets of the bureau that made the backup."""
    secrets = {name.lower(): value or "" for name, value in dotenv_values(release.folder / "secrets.env").items()}
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path / "new", **secrets))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    clock.reset()


def test_it_is_restored_whole(release: Release, bureau: Flask) -> None:
    backup = release.folder / "backup.tar.gz"
    checked = check_backup(backup)

    done = restore_backup(backup)

    assert (checked.version, checked.documents, checked.unfit_secrets) == (release.version, 3, [])
    assert done.documents == 3 and done.epoch == 1
    assert audit.verify().findings == []
    assert installation.problems(bureau.config["SETTINGS"].app_mode) == []
    assert f'"number": {done.head["number"]}' in head_path().read_text()


@pytest.mark.parametrize("name", ["data_key", "audit_key"])
def test_another_bureaus_secrets_are_refused(release: Release, database_url: str, tmp_path: Path, name: str) -> None:
    secrets = {name.lower(): value or "" for name, value in dotenv_values(release.folder / "secrets.env").items()}
    secrets[name] = SECRETS[name.upper()]
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path / "new", **secrets))
    with app.app_context():
        with pytest.raises(SecretsUnfit, match="other secrets"):
            restore_backup(release.folder / "backup.tar.gz")

        assert not installation.restoring_path().exists()
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        db.session.remove()
        db.engine.dispose()
