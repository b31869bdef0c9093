"""The texts as files: what they must hold whatever page shows them."""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import RequestRedirect

from app.core.locale import SOURCE
from app.help.front_matter import parse
from app.help.models import HelpKind
from app.help.service import CONTENT_FOLDER
from app.institutions.reasons import BY_HELP_NUMBER
from tests.kit.catalogs import CHINESE_MARKS, HAN, TRANSLATED, simplified

FILES = sorted((CONTENT_FOLDER / SOURCE).glob("*/*.md"))
TRANSLATIONS = [
    (CONTENT_FOLDER / locale / path.relative_to(CONTENT_FOLDER / SOURCE), path) for locale in TRANSLATED for path in FILES
]
QUESTIONS = {path.stem for path in FILES if path.parent.name == "question"}

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")


def _range(letter: str, first: int, last: int) -> list[str]:
    return [f"{letter}{number}" for number in range(first, last + 1)]


# Not among them: figures of about 2020 (S61, S62, S69); the hotlines, data of the regions (S44-S51); page noise (S84, S85).
FACTS = [
    *_range("S", 1, 43),
    *_range("S", 52, 60),
    *_range("S", 63, 68),
    *_range("S", 70, 83),
    *_range("C", 1, 14),
]


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_of_the_seeds_is_told_somewhere(fact: str) -> None:
    told = {number for path in FILES for number in re.split(r",\s*", parse(path.read_text()).source)}

    assert fact in told


@each_file
def test_every_file_has_its_front_matter_and_fits_its_row(path: Path) -> None:
    content = parse(path.read_text())

    assert path.parent.name in {kind.value for kind in HelpKind}
    assert re.fullmatch(r"[a-z0-9-]{2,40}", path.stem)
    assert len(content.title) <= 120
    assert re.fullmatch(r"own|[SC]\d+(, [SC]\d+)*", content.source)
    assert len(content.source) <= 200
    assert len(content.body) > 20


@each_file
def test_no_text_holds_what_must_not_be_told(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\d\s*[%％]|\d\s*元|亿|万人", text), "weak or dated figures"
    assert "!" not in text and "！" not in text


@each_file
def test_chinese_is_set_with_chinese_punctuation(path: Path) -> None:
    body = path.read_text().split("---\n", 2)[2]

    assert not re.search(r"[\u4e00-\u9fff”》][,;:?!]|[,;?!][\u4e00-\u9fff“《]", body)


@pytest.mark.parametrize("number", sorted(BY_HELP_NUMBER))
def test_every_reason_is_explained_to_holder_and_desk(number: str) -> None:
    content = parse((CONTENT_FOLDER / SOURCE / "reason" / f"{number}.md").read_text())

    headings = re.findall(r"^## (.+)$", content.body, re.MULTILINE)
    assert headings == ["发生了什么", "您怎么办", "窗口怎么办", "打给谁"]
    assert f"P-{number}" in content.keywords


def test_no_explanation_is_left_without_its_reason() -> None:
    assert {path.stem for path in FILES if path.parent.name == "reason"} == set(BY_HELP_NUMBER)


def test_every_contradiction_says_what_is_done_and_why() -> None:
    body = parse((CONTENT_FOLDER / SOURCE / "page" / "contradictions.md").read_text()).body

    sections = re.split(r"^## ", body, flags=re.MULTILINE)[1:]
    assert [section.split(".")[0] for section in sections] == [str(n) for n in range(1, 15)]
    for section in sections:
        assert "材料怎么说：" in section and "本系统怎么做：" in section and "为什么：" in section


@each_file
def test_links_lead_to_pages_of_this_system(app_of_one_database: Flask, path: Path) -> None:
    addresses = app_of_one_database.url_map.bind("localhost")

    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        address, _, anchor = target.partition("#")
        assert address.startswith("/"), target
        try:
            endpoint, values = addresses.match(address, method="GET")
        except RequestRedirect as moved:
            pytest.fail(f"{target} is moved to {moved.new_url}")
        if endpoint.startswith("help."):
            _check_help_target(endpoint, values, anchor)


def _check_help_target(endpoint: str, values: dict[str, str], anchor: str) -> None:
    folder = {"help.show_guide": "guide", "help.show_page": "page"}.get(endpoint)
    if folder:
        assert (CONTENT_FOLDER / SOURCE / folder / f"{values['slug']}.md").is_file()
    if endpoint == "help.show_reason":
        assert values["code"] in BY_HELP_NUMBER
    if anchor:
        assert endpoint == "help.list_questions" and anchor in QUESTIONS


@pytest.mark.parametrize("translated, source", TRANSLATIONS, ids=lambda path: path.relative_to(CONTENT_FOLDER).as_posix())
def test_every_text_is_there_in_each_language_with_the_same_facts_and_links(translated: Path, source: Path) -> None:
    content, original = parse(translated.read_text()), parse(source.read_text())

    assert (content.source, content.last_checked, content.position) == (original.source, original.last_checked, original.position)
    assert re.findall(r"\]\([^)]+\)", content.body) == re.findall(r"\]\([^)]+\)", original.body)
    assert len(re.findall(r"^#+ ", content.body, re.MULTILINE)) == len(re.findall(r"^#+ ", original.body, re.MULTILINE))
    assert len(content.title) <= 120


@pytest.mark.parametrize("path", sorted((CONTENT_FOLDER / "en").glob("*/*.md")), ids=lambda path: path.stem)
def test_english_texts_name_things_in_chinese_only_where_a_screen_shows_them_so(path: Path) -> None:
    body = re.sub(r"\([^()]*\)", "", parse(path.read_text()).body)

    assert re.findall(f"{HAN}|[{CHINESE_MARKS}]", body) == []


@pytest.mark.parametrize("path", sorted((CONTENT_FOLDER / "zh_Hant").glob("*/*.md")), ids=lambda path: path.stem)
def test_traditional_texts_hold_no_simplified_characters(path: Path) -> None:
    assert simplified(path.read_text()) == []


def test_no_translation_is_left_without_its_source() -> None:
    there = {path for locale in TRANSLATED for path in (CONTENT_FOLDER / locale).glob("*/*.md")}

    assert there == {translated for translated, _source in TRANSLATIONS}
