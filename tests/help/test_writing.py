"""Staff write help: what is kept, what citizens see, what a release may touch."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.errors import DomainError
from app.help import queries, service
from app.help.front_matter import Content
from app.help.line_diff import line_diff
from app.help.models import HelpKind, HelpText
from app.help.rendering import forbidden_links, holds_html
from tests.help.files import FILE

BY = "staff:1"


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    (tmp_path / "zh_Hans" / "page").mkdir(parents=True)
    (tmp_path / "zh_Hans" / "page" / "lost-phone.md").write_text(FILE)
    service.load_help_texts(tmp_path)
    return tmp_path


def row() -> HelpText:
    found = queries.find_row(HelpKind.page, "lost-phone", "zh_Hans")
    assert found is not None
    return found


def save(text: HelpText, *, publish: bool = True, **changes: object) -> None:
    content: Content = replace(queries.content_of(text), **changes)
    service.save_text(text.id, content, seen=text.edition, publish=publish, by=BY)


def shown() -> str | None:
    found = queries.find_text(HelpKind.page, "lost-phone")
    return found.body if found else None


def test_a_draft_leaves_what_citizens_read(folder: Path) -> None:
    save(row(), publish=False, body="草稿")
    assert shown() == "先挂失。\n"
    draft = queries.find_draft(row())
    assert draft is not None and draft.body == "草稿\n"

    save(row(), body="公布")
    assert shown() == "公布\n"
    assert queries.find_draft(row()) is None


def test_a_draft_does_not_keep_the_release_from_updating(folder: Path) -> None:
    save(row(), publish=False, body="草稿")
    (folder / "zh_Hans" / "page" / "lost-phone.md").write_text(FILE.replace("先挂失", "马上挂失"))

    report = service.load_help_texts(folder)

    assert report.updated == 1 and shown() == "马上挂失。\n"
    assert [(v.body, v.saved_by) for v in queries.list_versions(row())] == [
        ("马上挂失。\n", "release"),
        ("草稿\n", BY),
        ("先挂失。\n", "release"),
    ]


def test_what_is_restored_to_the_releases_words_follows_it_again(folder: Path) -> None:
    save(row(), body="我们改过。")
    (folder / "zh_Hans" / "page" / "lost-phone.md").write_text(FILE.replace("先挂失", "马上挂失"))
    assert service.load_help_texts(folder).kept == 1
    first = queries.list_versions(row())[-1]

    service.restore_version(row().id, first.id, by=BY)

    assert shown() == "先挂失。\n" and queries.is_as_loaded(row())
    assert service.load_help_texts(folder).updated == 1


def test_saving_what_was_loaded_unchanged_is_no_change_of_ours(folder: Path) -> None:
    save(row(), body="先挂失。\r\n\r\n", title=" 手机丢了 ")

    assert queries.is_as_loaded(row())


def test_an_edition_seen_too_long_ago_is_refused_and_nothing_written(folder: Path) -> None:
    old = row().edition
    save(row(), body="第一个")

    with pytest.raises(DomainError, match="changed_meanwhile"):
        service.save_text(row().id, replace(queries.content_of(row()), body="第二个"), seen=old, publish=True, by=BY)

    assert shown() == "第一个\n"
    assert "第二个\n" not in [v.body for v in queries.list_versions(row())]


def test_what_is_not_published_is_found_nowhere(folder: Path) -> None:
    service.withdraw_text(row().id, by=BY)

    assert shown() is None
    assert queries.search_texts("手机丢了") == []
    assert "/help/lost-phone" not in queries.list_addresses()
    with force_locale("en"):
        assert queries.find_text(HelpKind.page, "lost-phone") is None


def test_a_translation_is_a_text_of_its_own(folder: Path) -> None:
    english = service.add_translation(row().id, "en", by=BY)
    with force_locale("en"):
        assert shown() == "先挂失。\n"
        save(english, title="Lost phone", body="Report it.")
        assert shown() == "Report it.\n"
        assert [t.slug for t in queries.search_texts("lost phone")] == ["lost-phone"]
    with pytest.raises(DomainError, match="slug_taken"):
        service.add_translation(row().id, "en", by=BY)
    with pytest.raises(DomainError, match="no_language"):
        service.add_translation(row().id, "klingon", by=BY)


def test_reasons_and_the_first_page_cannot_be_taken_down(app: Flask) -> None:
    service.load_help_texts()
    for kind, slug in ((HelpKind.reason, "06"), queries.INDEX):
        found = queries.find_row(kind, slug, "zh_Hans")
        assert found is not None
        with pytest.raises(DomainError, match="needed"):
            service.withdraw_text(found.id, by=BY)


def test_no_text_of_this_release_would_be_refused(app: Flask) -> None:
    service.load_help_texts()

    for kind in HelpKind:
        for text in queries.list_rows(kind):
            service.check_content(queries.content_of(text))


def test_what_does_not_fit_its_place_is_refused_at_its_field_and_not_kept(subtests: pytest.Subtests, folder: Path) -> None:
    before = len(queries.list_versions(row()))

    for changes, code, field in (
        ({"title": "长" * 121}, "too_long", "title"),
        ({"keywords": "长" * 1001}, "too_long", "keywords"),
        ({"source": "长" * 201}, "too_long", "source"),
        ({"position": -1}, "position", "position"),
        ({"position": 10_000}, "position", "position"),
    ):
        with subtests.test(code=code, field=field):
            with pytest.raises(DomainError, match=code) as caught:
                save(row(), **changes)
            assert caught.value.field == field

    assert len(queries.list_versions(row())) == before
    save(row(), title="长" * 120, position=9999)


def test_an_explanation_is_written_for_a_reason_there_is_and_for_no_other(app: Flask) -> None:
    made = service.add_text(HelpKind.reason, "06", "医保码过期了", by=BY)

    for unknown in ("6", "99", "lost-phone"):
        with pytest.raises(DomainError, match="no_reason"):
            service.add_text(HelpKind.reason, unknown, "别的", by=BY)

    assert [text.id for text in queries.list_rows(HelpKind.reason)] == [made.id]


def test_html_is_noticed(subtests: pytest.Subtests) -> None:
    for body in ("<b>粗</b>", "<!-- x -->", "<img src=x>", "</p>", "<?php"):
        with subtests.test(body=body):
            assert holds_html(body)


def test_what_only_looks_like_html_is_not(subtests: pytest.Subtests) -> None:
    for body in ("1 < 2，3 > 2", "<https://example.org/a>", "a <- b", "**粗**"):
        with subtests.test(body=body):
            assert not holds_html(body)


def test_links_that_lead_astray_are_noticed(subtests: pytest.Subtests) -> None:
    for body in (
        "[a](javascript:x)",
        "[a](java&#115;cript:x)",
        "[a](JAVA%53cript:x)",
        "[a](//evil.example)",
        "[a][b]\n\n[b]: data:text/html,x",
        "<vbscript:x>",
    ):
        with subtests.test(body=body):
            assert forbidden_links(body)


def test_links_that_may_stand_are_left(subtests: pytest.Subtests) -> None:
    for body in ("[a](/help)", "[a](#b)", "[a](https://example.org)", "[12393](tel:12393)", "没有链接"):
        with subtests.test(body=body):
            assert forbidden_links(body) == []


def test_a_diff_shows_what_changed_and_a_little_around_it() -> None:
    old = "\n".join("abcdefghij")

    lines = [(line.mark, line.text) for line in line_diff(old, old.replace("e", "E"))]

    assert lines == [("…", ""), ("", "c"), ("", "d"), ("-", "e"), ("+", "E"), ("", "f"), ("", "g"), ("…", "")]
    assert line_diff(old, old) == []
