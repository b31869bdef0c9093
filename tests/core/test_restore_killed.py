"""`kill -9` of a restore at random moments: the same command finishes it. `make fault` tries twenty moments, the gate two."""

import os
import random
from pathlib import Path

import pytest

from app.core import installation
from app.core.database.restoring import restore_backup
from app.core.settings import settings
from tests.kit.databases import Databases
from tests.kit.lost_bureau import assert_whole, back_up, bureau, fill_bureau, restore_killed_after, time_of_restore

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "2"))
DOCUMENTS = 40


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restore_killed_at_any_moment_is_finished_by_the_same_command(databases: Databases, kind: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar.gz"
    with databases.fresh(kind) as url, bureau(url, tmp_path / "old"):
        fill_bureau(documents=DOCUMENTS)
        rows = back_up(backup)
    with databases.fresh(kind) as url:
        takes = time_of_restore(url, tmp_path / "whole", backup)
    moments = random.Random(5106)
    killed = 0

    for number in range(ROUNDS):
        folder = tmp_path / f"new-{number}"
        with databases.fresh(kind) as url:
            killed += restore_killed_after(moments.uniform(0.0, 0.95) * takes, url, folder, backup)
            with bureau(url, folder):
                restore_backup(backup)

                assert_whole(rows, DOCUMENTS)
                assert not (folder / "backup-restore").exists(), "its temporary space is given back"
                assert installation.problems(settings.app_mode) == []
    assert killed > 0, "some were killed while they were at work"
