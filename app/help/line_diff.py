"""What changed between two texts, line by line. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from flask_babel import gettext as _

from app.help.front_matter import Content

AROUND = 2  # unchanged lines shown before and after a change


@dataclass(frozen=True)
class DiffLine:
    """mark: `+` was added, `-` was removed, empty is unchanged; `…` stands for unchanged lines that are not shown."""

    mark: str
    text: str


def line_diff(old: str, new: str) -> list[DiffLine]:
    """Empty when both texts are the same."""
    before, after = old.splitlines(), new.splitlines()
    groups = SequenceMatcher(a=before, b=after, autojunk=True).get_grouped_opcodes(AROUND)
    lines: list[DiffLine] = []
    for group in groups:
        if lines or group[0][1] > 0:
            lines.append(DiffLine("…", ""))
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [DiffLine("", text) for text in before[a:b]]
                continue
            lines += [DiffLine("-", text) for text in before[a:b]] + [DiffLine("+", text) for text in after[c:d]]
        end = group[-1][2]
    if lines and end < len(before):
        lines.append(DiffLine("…", ""))
    return lines


def content_diff(old: Content | None, new: Content) -> list[DiffLine]:
    """old: None for a first version, where every line counts as added."""
    return line_diff(_written_out(old) if old else "", _written_out(new))


def _written_out(content: Content) -> str:
    head = [
        _("标题：%(text)s", text=content.title),
        _("搜索词：%(text)s", text=content.keywords),
        _("来源：%(text)s", text=content.source),
        _("核对日期：%(text)s", text=content.last_checked or ""),
        _("次序：%(text)s", text=content.position),
    ]
    return "\n".join([*map(str, head), "", content.body])
