"""What changed between two texts, line by line. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # unchanged lines shown before and after a change


@dataclass(frozen=True)
class DiffLine:
    """mark: `+` was added, `-` was taken out, empty stayed; a `…` stands for lines that stayed and are not shown."""

    mark: str
    text: str


def line_diff(old: str, new: str) -> list[DiffLine]:
    """Empty when both say the same."""
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
