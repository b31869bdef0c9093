"""The letter as PDF: the same facts, signature and moment give the same bytes, so that a hash can prove it."""

import logging
from datetime import datetime

from fpdf import FPDF
from fpdf.fonts import TTFFont

from app.core.font import font_path
from app.letters.facts import LetterFacts
from app.letters.strokes import HEIGHT, WIDTH, Stroke

logging.getLogger("fontTools").setLevel(logging.WARNING)

FONT = "letter"
MARGIN = 22
SIGNATURE_WIDTH = 60  # mm
CLOSING_MARKS = "，。；：、）》”"


class UnprintableName(ValueError):
    """A character no installed font can print; the letter would show an empty box."""


def print_letter(
    facts: LetterFacts,
    *,
    title: str,
    body: str,
    version: str,
    number: str,
    made_at: datetime,
    strokes: list[Stroke] | None = None,
    typed_name: str = "",
) -> bytes:
    """A4. Without strokes and typed name: an empty line to be signed by hand. Raises UnprintableName."""
    pdf = FPDF()
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_lang("zh-CN")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.add_font(FONT, "", font_path())
    font = pdf.fonts[FONT]
    assert isinstance(font, TTFFont)
    try:
        _require_glyphs(font, "".join([*facts.__dict__.values(), typed_name]))
        return _compose(pdf, facts, title, body, version, number, strokes, typed_name)
    finally:
        font.ttfont.close()  # the writer leaves its file open


def _compose(
    pdf: FPDF, facts: LetterFacts, title: str, body: str, version: str, number: str, strokes: list[Stroke] | None, typed_name: str
) -> bytes:
    pdf.add_page()
    # Chinese shapes: the font's own default for some characters is the Japanese one.
    pdf.set_font(FONT, size=11)
    pdf.set_text_shaping(use_shaping_engine=True, script="hani", language="zhs")
    _write(pdf, title, size=20, height=14, align="C")
    pdf.ln(4)
    for label, value in _rows(facts):
        _write(pdf, f"{label}：{value}", size=12, height=8)
    pdf.ln(4)
    for paragraph in filter(None, (line.strip() for line in body.splitlines())):
        _write(pdf, paragraph, size=12, height=7.5)
        pdf.ln(1.5)
    pdf.ln(6)
    _sign(pdf, facts, strokes, typed_name)
    _write(pdf, f"日期：{facts.day}", size=12, height=9)
    pdf.ln(4)
    _write(pdf, f"承诺书编号 {number}　文本版本 {version}", size=9, height=6)
    return bytes(pdf.output())


def _rows(facts: LetterFacts) -> list[tuple[str, str]]:
    return [
        ("承诺人（主账户人）", f"{facts.holder_name}　{facts.holder_cert_masked}"),
        ("被绑定人", f"{facts.member_name}　{facts.member_cert_masked}"),
        ("被绑定人是承诺人的", facts.relation),
        ("受理单位", facts.agency_name),
    ]


def _write(pdf: FPDF, text: str, *, size: int, height: float, align: str = "L") -> None:
    pdf.set_font(FONT, size=size)
    for line in _lines(pdf, text):
        pdf.cell(0, height, line, align=align, new_x="LMARGIN", new_y="NEXT")


def _lines(pdf: FPDF, text: str) -> list[str]:
    """Chinese breaks between any two characters, but no line begins with a closing mark: that one hangs into the margin."""
    lines = [""]
    for char in text:
        if char not in CLOSING_MARKS and pdf.get_string_width(lines[-1] + char) > pdf.epw - 2:
            lines.append("")
        lines[-1] += char
    return lines


def _sign(pdf: FPDF, facts: LetterFacts, strokes: list[Stroke] | None, typed_name: str) -> None:
    scale = SIGNATURE_WIDTH / WIDTH
    if pdf.get_y() + HEIGHT * scale + 20 > pdf.h - MARGIN:
        pdf.add_page()
    if strokes:
        _write(pdf, "承诺人签名：", size=12, height=9)
        left, top = pdf.get_x() + 30, pdf.get_y() - 6
        pdf.set_line_width(0.6)
        for stroke in strokes:
            pdf.polyline([(left + x * scale, top + y * scale) for x, y in stroke])
        pdf.set_y(top + HEIGHT * scale + 3)
    elif typed_name:
        _write(pdf, f"承诺人签名：{typed_name}（在线输入姓名签署）", size=12, height=9)
    else:
        _write(pdf, "承诺人签名：______________________", size=12, height=16)


def _require_glyphs(font: TTFFont, text: str) -> None:
    missing = sorted({char for char in text if not char.isspace() and ord(char) not in font.cmap})
    if missing:
        raise UnprintableName("".join(missing))
