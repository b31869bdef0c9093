"""The texts as files: what they must hold whatever page shows them. Each rule walks all files and names every place."""

import re
from collections.abc import Callable, Mapping

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from app.core.locale import SOURCE
from app.help.front_matter import Content, InvalidHelpFile, parse
from app.help.models import HelpKind
from app.help.service import CONTENT_FOLDER
from app.scanning.reasons import BY_HELP_NUMBER
from tests.kit.catalogs import CHINESE_MARKS, HAN, TRANSLATED, simplified

FILES = sorted((CONTENT_FOLDER / SOURCE).glob("*/*.md"))
QUESTIONS = {path.stem for path in FILES if path.parent.name == "question"}
REASON_HEADINGS = ["发生了什么", "您怎么办", "窗口怎么办", "打给谁"]


def texts_of(locale: str) -> dict[str, str]:
    """guide/app -> the text of its file."""
    return {f"{path.parent.name}/{path.stem}": path.read_text() for path in sorted((CONTENT_FOLDER / locale).glob("*/*.md"))}


TEXTS = texts_of(SOURCE)


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


def places(texts: Mapping[str, str], find: Callable[[str], list[str]]) -> list[str]:
    """One line for each find: its file and what is wrong there."""
    return [f"{name}: {found}" for name, text in texts.items() for found in find(text)]


def misfits(name: str, text: str) -> list[str]:
    """Which part of a file does not fit its row."""
    kind, _, slug = name.partition("/")
    try:
        content = parse(text)
    except InvalidHelpFile as error:
        return [str(error)]
    fits = {
        "its folder": kind in {known.value for known in HelpKind},
        "its name": re.fullmatch(r"[a-z0-9-]{2,40}", slug),
        "title": len(content.title) <= 120,
        "source": re.fullmatch(r"own|[SC]\d+(, [SC]\d+)*", content.source) and len(content.source) <= 200,
        "body": len(content.body) > 20,
    }
    return [part for part, fitting in fits.items() if not fitting]


def forbidden_words(text: str) -> list[str]:
    """Weak or dated figures, and shouting."""
    return re.findall(r"\d\s*[%％]|\d\s*元|亿|万人|[!！]", text)


def latin_marks(text: str) -> list[str]:
    return re.findall(r"[\u4e00-\u9fff”》][,;:?!]|[,;?!][\u4e00-\u9fff“《]", text.split("---\n", 2)[2])


def chinese_words(text: str) -> list[str]:
    """Chinese of an English text outside of brackets."""
    return re.findall(f"{HAN}|[{CHINESE_MARKS}]", re.sub(r"\([^()]*\)", "", parse(text).body))


def unexplained(number: str, content: Content) -> list[str]:
    headings = re.findall(r"^## (.+)$", content.body, re.MULTILINE)
    found = [] if headings == REASON_HEADINGS else [f"headings {headings}"]
    return found if f"P-{number}" in content.keywords else [*found, "its number is no keyword"]


def lost_links(text: str, addresses: MapAdapter) -> list[str]:
    """The links that lead to no page of this system."""
    return [f"{target}: {fault}" for target in re.findall(r"\]\(([^)]+)\)", text) if (fault := _fault_of_link(target, addresses))]


def _fault_of_link(target: str, addresses: MapAdapter) -> str:
    address, _, anchor = target.partition("#")
    if not address.startswith("/"):
        return "leads away"
    try:
        endpoint, values = addresses.match(address, method="GET")
    except RequestRedirect as moved:
        return f"is moved to {moved.new_url}"
    except HTTPException as error:
        return error.name
    if not endpoint.startswith("help."):
        return ""
    folder = {"help.show_guide": "guide", "help.show_page": "page"}.get(endpoint)
    if folder and f"{folder}/{values['slug']}" not in TEXTS:
        return "no such text"
    if endpoint == "help.show_reason" and values["code"] not in BY_HELP_NUMBER:
        return "no such reason"
    if anchor and not (endpoint == "help.list_questions" and anchor in QUESTIONS):
        return "no such question"
    return ""


def differences(translated: str, source: str) -> list[str]:
    """What a translation says otherwise than its source, words apart."""
    content, original = parse(translated), parse(source)
    said = {
        "source": (content.source, original.source),
        "last_checked": (content.last_checked, original.last_checked),
        "position": (content.position, original.position),
        "links": [re.findall(r"\]\([^)]+\)", text.body) for text in (content, original)],
        "headings": [len(re.findall(r"^#+ ", text.body, re.MULTILINE)) for text in (content, original)],
    }
    found = [f"{part}: {here}, not {there}" for part, (here, there) in said.items() if here != there]
    return [*found, "title: longer than 120 characters"] if len(content.title) > 120 else found


def test_every_fact_of_the_notices_is_told_somewhere() -> None:
    told = {number for text in TEXTS.values() for number in re.split(r",\s*", parse(text).source)}

    assert set(FACTS) - told == set()


def test_every_file_has_its_front_matter_and_fits_its_row() -> None:
    faults = [f"{name}: {part}" for name, text in TEXTS.items() for part in misfits(name, text)]

    assert not faults, "\n".join(faults)


def test_no_text_holds_what_must_not_be_told() -> None:
    faults = places(TEXTS, forbidden_words)

    assert not faults, "\n".join(faults)


def test_chinese_is_set_with_chinese_punctuation() -> None:
    faults = places(TEXTS, latin_marks)

    assert not faults, "\n".join(faults)


def test_every_reason_is_explained_to_holder_and_desk() -> None:
    faults = [
        f"P-{number}: {fault}" for number in BY_HELP_NUMBER for fault in unexplained(number, parse(TEXTS[f"reason/{number}"]))
    ]

    assert not faults, "\n".join(faults)


def test_no_explanation_is_left_without_its_reason() -> None:
    assert {path.stem for path in FILES if path.parent.name == "reason"} == set(BY_HELP_NUMBER)


def test_every_contradiction_says_what_is_done_and_why() -> None:
    body = parse((CONTENT_FOLDER / SOURCE / "page" / "contradictions.md").read_text()).body

    sections = re.split(r"^## ", body, flags=re.MULTILINE)[1:]
    assert [section.split(".")[0] for section in sections] == [str(n) for n in range(1, 15)]
    for section in sections:
        assert "材料怎么说：" in section and "本系统怎么做：" in section and "为什么：" in section


def test_links_lead_to_pages_of_this_system(app_of_one_database: Flask) -> None:
    addresses = app_of_one_database.url_map.bind("localhost")

    faults = places(TEXTS, lambda text: lost_links(text, addresses))

    assert not faults, "\n".join(faults)


def test_every_text_is_there_in_each_language_with_the_same_facts_and_links() -> None:
    faults = []
    for locale in TRANSLATED:
        translations = texts_of(locale)
        faults += [f"{locale}: {name} is missing" for name in TEXTS.keys() - translations]
        faults += [f"{locale}: {name} has no source" for name in translations.keys() - TEXTS]
        for name in TEXTS.keys() & translations.keys():
            faults += [f"{locale}: {name}: {found}" for found in differences(translations[name], TEXTS[name])]

    assert not faults, "\n".join(sorted(faults))


def test_english_texts_name_things_in_chinese_only_where_a_screen_shows_them_so() -> None:
    faults = places(texts_of("en"), chinese_words)

    assert not faults, "\n".join(faults)


def test_traditional_texts_hold_no_simplified_characters() -> None:
    faults = places(texts_of("zh_Hant"), simplified)

    assert not faults, "\n".join(faults)


def test_the_search_would_find_them(app_of_one_database: Flask) -> None:
    head = "---\ntitle: 题\nkeywords: 词\nsource: {}\nlast_checked: 2023-09-20\nposition: {}\n---\n\n"
    addresses = app_of_one_database.url_map.bind("localhost")

    assert len(TEXTS) > 60 and all(len(texts_of(locale)) == len(TEXTS) for locale in TRANSLATED)
    assert misfits("poem/A b", head.format("S80,S81", 1) + "短") == ["its folder", "its name", "source", "body"]
    assert misfits("page/lost", "no front matter") != []
    assert forbidden_words("占 9 %，收 5 元，14 亿，3 万人，好！") == ["9 %", "5 元", "亿", "万人", "！"]
    assert latin_marks(head.format("own", 1) + "好,的;好：的") == ["好,", "的;"]
    assert chinese_words(head.format("own", 1) + "Tap Pay (支付) or 支付。") == ["支", "付", "。"]
    assert unexplained("06", parse(head.format("own", 1) + "## 发生了什么\n")) == [
        "headings ['发生了什么']",
        "its number is no keyword",
    ]
    wrong = "[a](https://x.example) [b](/nowhere/at/all) [c](/help/guides/none) [d](/help/P-17) [e](/help/faq#none)"
    assert [fault.split(": ")[1] for fault in lost_links(wrong, addresses)] == [
        "leads away",
        "Not Found",
        "no such text",
        "no such reason",
        "no such question",
    ]
    assert differences(head.format("S1", 1) + "## A", head.format("S2", 2) + "[a](/help)") == [
        "source: S1, not S2",
        "position: 1, not 2",
        "links: [], not ['](/help)']",
        "headings: 1, not 0",
    ]
    assert simplified("简体") and not simplified("繁體")
