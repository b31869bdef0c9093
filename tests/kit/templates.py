"""Templates indented as they nest: `python -m tests.kit.templates` writes them, with `--check` it names those that are not.

djhtml does it line by line and knows no Jinja tag of several lines: such a tag is handed to it as one line, and its further lines
stand behind the first by the depth of their brackets.
"""

import re
import sys
from pathlib import Path

from djhtml.modes import DjHTML

TEMPLATES = Path(__file__).parents[2] / "app/templates"
WIDTH = 2
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NEXT = "\ue000"  # a line's end within a tag; a private character, which no template holds
_CLOSERS = re.compile(r"([)\]}]*)(?: *-?(?:%\}|\}\})|(?<=[)\]}]))")  # a line that begins with what it closes
_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")


def indent(text: str) -> str:
    joined = _TAG.sub(lambda tag: re.sub(r"\s*\n\s*", _NEXT, tag[0]), text)
    return "\n".join(_unfold(line) for line in DjHTML(joined).indent(WIDTH).split("\n"))


def _unfold(line: str) -> str:
    first, *others = line.split(_NEXT)
    lines, begin, depth = [first], len(line) - len(line.lstrip()), _depth(first)
    for other in others:
        closers = _CLOSERS.match(other)
        level = max(depth - len(closers[1]), 0) if closers else max(depth, 1)
        lines.append(" " * (begin + WIDTH * level) + other)
        depth += _depth(other)
    return "\n".join(lines)


def _depth(line: str) -> int:
    """By how much deeper in brackets a line ends than it begins. Those of the tags themselves even out or are no brackets here."""
    bare = _STRING.sub("", line)
    bare = re.sub(r"\{\{|\{%|%\}|\}\}", "", bare)
    return sum(bare.count(mark) for mark in "([{") - sum(bare.count(mark) for mark in ")]}")


def main(arguments: list[str]) -> int:
    loose = [path for path in sorted(TEMPLATES.rglob("*.html")) if indent(path.read_text()) != path.read_text()]
    for path in loose:
        print(path.relative_to(TEMPLATES))
        if "--check" not in arguments:
            path.write_text(indent(path.read_text()))
    return 1 if loose and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
