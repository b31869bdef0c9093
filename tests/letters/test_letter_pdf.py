from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from app.letters.facts import LetterFacts
from app.letters.letter_pdf import UnprintableName, print_letter

FACTS = LetterFacts(
    holder_name="㛃䶮𬭚",
    holder_cert_masked="5106**********0017",
    member_name="李小梅",
    member_cert_masked="5106**********0025",
    relation="女儿",
    agency_name="旌阳区医疗保障局",
    day="2026 年 11 月 22 日",
)
TEXT = {"title": "亲情账户个人承诺书", "body": "1. 我提交的材料是真实的。\n2. 直到骨科复诊。", "version": "2026-11", "number": "7"}
MADE_AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
STROKES = [[(100, 100), (900, 300)], [(100, 300), (900, 100)]]


def _read(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def _dark(pdf: bytes) -> int:
    """How many dark pixels the first page has."""
    return sum(pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L").histogram()[:100])


def _picture(pdf: bytes) -> bytes:
    picture: bytes = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().tobytes()
    return picture


def test_the_letter_names_parties_relation_version_and_day() -> None:
    text = _read(print_letter(FACTS, **TEXT, made_at=MADE_AT))

    for part in (
        "㛃䶮𬭚",
        "5106**********0017",
        "李小梅",
        "女儿",
        "旌阳区医疗保障局",
        "2026 年 11 月 22 日",
        "2026-11",
        "材料是真实的",
    ):
        assert part in text


def test_the_same_letter_is_the_same_bytes() -> None:
    first, second = (print_letter(FACTS, **TEXT, made_at=MADE_AT, strokes=STROKES) for _ in range(2))

    assert first == second
    assert print_letter(replace(FACTS, relation="儿子"), **TEXT, made_at=MADE_AT, strokes=STROKES) != first


def test_a_drawn_signature_is_on_the_page() -> None:
    unsigned, short, signed = (print_letter(FACTS, **TEXT, made_at=MADE_AT, strokes=s) for s in (None, STROKES[:1], STROKES))

    assert _dark(signed) - _dark(short) > 50
    assert "______" in _read(unsigned)
    assert "______" not in _read(signed)


def test_a_typed_signature_says_how_it_was_given() -> None:
    assert "㛃䶮𬭚（在线输入姓名签署）" in _read(print_letter(FACTS, **TEXT, made_at=MADE_AT, typed_name="㛃䶮𬭚"))


def test_rare_characters_are_drawn_and_not_boxes() -> None:
    """Three different characters give three different pictures; three missing ones would give the same box."""
    pictures = {_picture(print_letter(replace(FACTS, holder_name=char), **TEXT, made_at=MADE_AT)) for char in "㛃䶮𬭚"}

    assert len(pictures) == 3


def test_a_character_no_font_has_is_named() -> None:
    with pytest.raises(UnprintableName, match="\U0001f600"):
        print_letter(replace(FACTS, member_name="李\U0001f600"), **TEXT, made_at=MADE_AT)
