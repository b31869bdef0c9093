"""Amounts as people type them, in fen inside. Pure."""

import re

from flask_babel import gettext as _

from app.core.text import half_width

_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")


class InvalidAmount(ValueError):
    """The message is the sentence for the person."""


def parse_yuan(text: str, *, most: int) -> int:
    """`200`, `200.5`, `￥1,200.00`, `２００元` to fen. most: fen. Raises InvalidAmount."""
    plain = re.sub(r"[\s,¥￥元]", "", half_width(text))
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise InvalidAmount(_("请用数字填金额，例如 200。"))
    fen = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if fen == 0:
        raise InvalidAmount(_("每月上限要大于 0 元。"))
    if fen > most:
        raise InvalidAmount(_("每月上限最多 %(most)s 元。", most=f"{most // 100:,}"))
    return fen


def show_yuan(fen: int) -> str:
    """`1,200.00`."""
    return f"{fen // 100:,}.{fen % 100:02d}"
