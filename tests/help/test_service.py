from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.core import clock
from app.core.db import db, transaction
from app.core.locale import SOURCE
from app.help.front_matter import InvalidHelpFile
from app.help.models import HelpKind, HelpText
from app.help.queries import find_text, get_text, list_texts
from app.help.service import load_help_texts
from tests.help.files import FILE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content" / "zh_Hans" / "page").mkdir(parents=True)
    (tmp_path / "content" / "zh_Hans" / "page" / "lost-phone.md").write_text(FILE)
    return tmp_path / "content"


def test_the_files_of_this_release_become_rows(app: Flask) -> None:
    report = load_help_texts()

    assert report.added > 180
    assert len(list_texts(HelpKind.guide)) == 6
    assert list_texts(HelpKind.guide)[0].slug == "this-system"


def test_loading_twice_changes_nothing(app: Flask, folder: Path) -> None:
    load_help_texts(folder)
    written = get_text(HelpKind.page, "lost-phone").updated_at

    clock.move(timedelta(hours=1))
    report = load_help_texts(folder)

    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
    assert get_text(HelpKind.page, "lost-phone").updated_at == written


def test_a_changed_file_changes_its_row(app: Flask, folder: Path) -> None:
    load_help_texts(folder)
    written = get_text(HelpKind.page, "lost-phone").updated_at

    clock.move(timedelta(hours=1))
    (folder / "zh_Hans" / "page" / "lost-phone.md").write_text(FILE.replace("先挂失", "马上挂失"))
    report = load_help_texts(folder)

    text = get_text(HelpKind.page, "lost-phone")
    assert report.updated == 1
    assert text.body == "马上挂失。\n"
    assert text.updated_at > written


def test_what_staff_have_edited_is_not_overwritten(app: Flask, folder: Path) -> None:
    load_help_texts(folder)
    with transaction():
        get_text(HelpKind.page, "lost-phone").body = "我们改过。"

    (folder / "zh_Hans" / "page" / "lost-phone.md").write_text(FILE.replace("先挂失", "马上挂失"))
    report = load_help_texts(folder)

    assert report.kept == 1
    assert get_text(HelpKind.page, "lost-phone").body == "我们改过。"


def test_a_row_goes_with_its_file_unless_staff_wrote_it(app: Flask, folder: Path) -> None:
    load_help_texts(folder)
    with transaction():
        db.session.add(
            HelpText(
                kind=HelpKind.question,
                slug="ours",
                language=SOURCE,
                title="我们写的",
                body="答",
                updated_at=clock.now(),
                position=1,
            )
        )

    (folder / "zh_Hans" / "page" / "lost-phone.md").unlink()
    report = load_help_texts(folder)

    assert report.removed == 1
    assert find_text(HelpKind.page, "lost-phone") is None
    assert find_text(HelpKind.question, "ours") is not None


def test_a_broken_file_loads_nothing_and_is_named(app: Flask, folder: Path) -> None:
    (folder / "zh_Hans" / "page" / "zz.md").write_text("no front matter")

    with pytest.raises(InvalidHelpFile, match=r"page/zz\.md"):
        load_help_texts(folder)

    assert list_texts(HelpKind.page) == []


def test_the_command_says_what_it_did(app: Flask) -> None:
    first = app.test_cli_runner().invoke(args=["help-texts", "load"])
    second = app.test_cli_runner().invoke(args=["help-texts", "load"])

    assert first.exit_code == second.exit_code == 0, first.output
    assert first.output.split()[1] == "added," and second.output.startswith("0 added")
