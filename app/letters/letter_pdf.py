"""The letter as PDF: the same facts, signature and moment give the same bytes, so a hash can prove it."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.font import cut_font
from app.core.on_demand import on_demand
from app.letters.facts import LetterFacts
from app.letters.strokes import HEIGHT, WIDTH, Stroke

if TYPE_CHECKING:
    import fpdf
else:
    fpdf = on_demand("fpdf")  # with its fonts a seventh of what a server holds

logging.getLogger("fontTools").setLevel(logging.WARNING)

FONT = "letter"
MARGIN = 22  # millimetres
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
    """An A4 letter. Without strokes and typed name it has an empty line to sign by hand. Raises UnprintableName."""
    before = [_Line(title, 20, 14, align="C", gap=4), *_rows(facts), *_paragraphs(body)]
    signature = _signature_line(strokes, typed_name)
    after = [_Line(f"日期：{facts.day}", 12, 9, gap=4), _Line(f"承诺书编号 {number}　文本版本 {version}", 9, 6)]
    with cut_font("".join(line.text for line in [*before, signature, *after])) as font_file:
        pdf = _open(font_file, title, made_at)
        font = pdf.fonts[FONT]
        assert isinstance(font, fpdf.fonts.TTFFont)
        try:
            _require_glyphs(font, "".join([*facts.__dict__.values(), typed_name]))
            for line in before:
                _write(pdf, line)
            _sign(pdf, signature, strokes)
            for line in after:
                _write(pdf, line)
            return bytes(pdf.output())
        finally:
            font.ttfont.close()  # fpdf2 leaves the font's file open


@dataclass(frozen=True)
class _Line:
    """size: in points. height, gap: of a line and of the space after it, in mm."""

    text: str
    size: int
    height: float
    align: str = "L"
    gap: float = 0


def _open(font_file: Path, title: str, made_at: datetime) -> "fpdf.FPDF":
    pdf = fpdf.FPDF()
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_lang("zh-CN")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.add_font(FONT, "", font_file)
    pdf.add_page()
    # Selects the Chinese glyphs: for some characters the font's default is the Japanese one.
    pdf.set_font(FONT, size=11)
    pdf.set_text_shaping(use_shaping_engine=True, script="hani", language="zhs")
    return pdf


def _rows(facts: LetterFacts) -> list[_Line]:
    rows = [
        ("承诺人（主账户人）", f"{facts.holder_name}　{facts.holder_cert_masked}"),
        ("被绑定人", f"{facts.member_name}　{facts.member_cert_masked}"),
        ("被绑定人是承诺人的", facts.relation),
        ("受理单位", facts.agency_name),
    ]
    return [_Line(f"{label}：{value}", 12, 8, gap=4 if label == rows[-1][0] else 0) for label, value in rows]


def _paragraphs(body: str) -> list[_Line]:
    texts = list(filter(None, (line.strip() for line in body.splitlines())))
    return [_Line(text, 12, 7.5, gap=1.5 if n < len(texts) else 7.5) for n, text in enumerate(texts, 1)]


def _signature_line(strokes: list[Stroke] | None, typed_name: str) -> _Line:
    if strokes:
        return _Line("承诺人签名：", 12, 9)
    if typed_name:
        return _Line(f"承诺人签名：{typed_name}（在线输入姓名签署）", 12, 9)
    return _Line("承诺人签名：______________________", 12, 16)


def _write(pdf: "fpdf.FPDF", line: _Line) -> None:
    pdf.set_font(FONT, size=line.size)
    for text in _lines(pdf, line.text):
        pdf.cell(0, line.height, text, align=line.align, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(line.gap)


def _lines(pdf: "fpdf.FPDF", text: str) -> list[str]:
    """Chinese text breaks between any two characters, but no line begins with a closing mark: it hangs into the margin instead."""
    lines = [""]
    for char in text:
        if char not in CLOSING_MARKS and pdf.get_string_width(lines[-1] + char) > pdf.epw - 2:
            lines.append("")
        lines[-1] += char
    return lines


def _sign(pdf: "fpdf.FPDF", line: _Line, strokes: list[Stroke] | None) -> None:
    scale = SIGNATURE_WIDTH / WIDTH
    if pdf.get_y() + HEIGHT * scale + 20 > pdf.h - MARGIN:
        pdf.add_page()
    _write(pdf, line)
    if strokes:
        left, top = pdf.get_x() + 30, pdf.get_y() - 6
        pdf.set_line_width(0.6)
        for stroke in strokes:
            pdf.polyline([(left + x * scale, top + y * scale) for x, y in stroke])
        pdf.set_y(top + HEIGHT * scale + 3)


def _require_glyphs(font: "fpdf.fonts.TTFFont", text: str) -> None:
    missing = sorted({char for char in text if not char.isspace() and ord(char) not in font.cmap})
    if missing:
        raise UnprintableName("".join(missing))
