"""Finds numbers and periods that are constants in the code and that no setting changes, each with its reason.

The reason is a comment at the end of the constant's line or on the lines above it. A reason that begins with `fixed:` belongs to
a limit or a period and is listed in docs/settings.md.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MAKERS = frozenset({"timedelta", "time", "per_second"})
# A constant is a limit or a period if its name contains one of these words, or if its value is a call of `_MAKERS`.
_POLICY = frozenset(
    {"SECONDS", "MINUTES", "HOUR", "HOURS", "DAY", "DAYS", "MONTHS", "YEAR", "YEARS", "AGE", "MOST", "MAX", "LONGEST"}
    | {"TRIES", "ATTEMPTS", "CHECKS", "WRONG", "OVERLAP"}
)
# Names with these words say how something is written, drawn or split: no policy, and the name explains itself.
_TECHNICAL = frozenset(
    {"BATCH", "BLOCK", "BYTES", "CHARS", "CHUNK", "COLOUR", "COLOURS", "COUNTED", "DIGITS", "FILES", "FORMAT", "LEVEL", "LIMIT"}
    | {"LOCK", "MEGABYTE", "MEGABYTES", "MODE", "NAMED", "ONCE", "PAGE", "PIECE", "QUALITY", "ROWS", "SHOWN", "STEPS"}
)
_MARK = "fixed:"


@dataclass(frozen=True, slots=True)
class Constant:
    """where: path below app/. why: its comment, or empty. is_policy: a limit or a period. is_technical: judged by its name."""

    where: str
    line: int
    name: str
    value: str
    why: str
    is_marked: bool
    is_policy: bool
    is_technical: bool


def find_fixed(app_folder: Path) -> list[Constant]:
    """The constants that docs/settings.md lists, in the order of their files."""
    return [one for one in find_constants(app_folder) if one.is_marked]


def find_constants(app_folder: Path) -> Iterator[Constant]:
    """All numbers, periods and rates that modules below the folder assign to a name in capitals."""
    for path in sorted(app_folder.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        lines = code.splitlines()
        where = path.relative_to(app_folder).as_posix()
        for node in ast.parse(code).body:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    yield from _constants(target, node.value, where, lines, node)


def _constants(target: ast.expr, value: ast.expr, where: str, lines: list[str], node: ast.stmt) -> Iterator[Constant]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _constants(one, its, where, lines, node)
    elif isinstance(target, ast.Name) and target.id.isupper() and _is_number(value):
        comment = _comment(lines, node)
        text = ast.unparse(value)
        words = set(target.id.strip("_").split("_"))
        is_policy = isinstance(value, ast.Call) or bool(words & _POLICY)
        marked, _, why = comment.partition(_MARK)
        is_marked = bool(why) and not marked.strip()
        yield Constant(
            where,
            node.lineno,
            target.id,
            text,
            (why if is_marked else comment).strip(),
            is_marked,
            is_policy,
            bool(words & _TECHNICAL),
        )


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _MAKERS
    if isinstance(value, ast.BinOp):
        return _is_number(value.left) and _is_number(value.right)
    if isinstance(value, ast.UnaryOp):
        return _is_number(value.operand)
    return isinstance(value, ast.Constant) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool)


def _comment(lines: list[str], node: ast.stmt) -> str:
    """The comment at the end of the statement, or else the comment lines directly above it."""
    end = lines[(node.end_lineno or node.lineno) - 1]
    behind = end.encode()[node.end_col_offset or 0 :].decode().strip()
    if behind.startswith("#"):
        return behind.lstrip("# ")
    above: list[str] = []
    for line in reversed(lines[: node.lineno - 1]):
        if not line.startswith("#"):
            break
        above.insert(0, line.lstrip("# "))
    return " ".join(above)
