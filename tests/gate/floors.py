"""How much of the program the tests take at least, lines and branches together; less fails the gate."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APP = Path(__file__).parents[2] / "app"
LEAST = 90.0  # percent, of all of app/
LEAST_OF_RULES = 95.0  # percent, of each module of service and policy
MOST_LEFT = 2  # lines and branches that a module too small for a percentage may leave out
SHOWN = 20

EXCUSED: dict[str, str] = {}  # modules of rules that may stay under their floor, and why


@dataclass(frozen=True)
class Part:
    """A module, or several; what was taken and what there is are lines and branches."""

    name: str
    taken: int
    all: int
    left_out: str = ""  # `12-14, 20` lines, and `30→32` branches

    @property
    def percent(self) -> float:
        return 100 * self.taken / self.all if self.all else 100.0

    def __str__(self) -> str:
        return f"{self.percent:5.1f} %  {self.name}{self.left_out and f': {self.left_out}'}"


def parts_of(files: Mapping[str, Any], app: Path) -> list[Part]:
    """files: as `branches.read_seen` has them. What no test has loaded leaves all of itself out."""
    modules = {path.relative_to(app.parent).as_posix(): path for path in app.rglob("*.py")}
    unseen = [Part(name, 0, count, "all of it") for name in modules.keys() - files.keys() if (count := _statements(modules[name]))]
    return sorted(unseen, key=lambda part: part.name) + [
        Part(
            name,
            taken=len(seen["executed_lines"]) + len(seen["executed_branches"]),
            all=sum(len(seen[f"{done}_{what}"]) for done in ("executed", "missing") for what in ("lines", "branches")),
            left_out=", ".join([*_ranges(seen["missing_lines"]), *_jumps(seen)]),
        )
        for name, seen in sorted(files.items())
    ]


def is_of_rules(name: str) -> bool:
    """name: path of a module."""
    room = name.removesuffix(".py").split("/")[2:3]
    return bool(room) and room[0] in ("service", "policy")


def together(name: str, parts: Iterable[Part]) -> Part:
    counted = list(parts)
    return Part(name, sum(part.taken for part in counted), sum(part.all for part in counted))


def judge(parts: list[Part], excused: Mapping[str, str]) -> list[str]:
    """A sentence for each floor that is not reached. excused: modules of rules that may stay under theirs, and why."""
    whole = together("app", parts)
    faults = [f"Of app/ {whole.percent:.1f} % is taken, and {LEAST:.0f} % must be."] if whole.percent < LEAST else []
    too_low = {part.name: part for part in parts if is_of_rules(part.name) and _is_too_low(part)}
    faults += [f"{part}: under {LEAST_OF_RULES:.0f} %" for name, part in too_low.items() if name not in excused]
    return faults + [f"{name} needs no excuse any more" for name in excused if name not in too_low]


def table(parts: list[Part]) -> list[str]:
    """What the gate prints: the sums, and the modules that leave most out."""
    rules = (part for part in parts if is_of_rules(part.name))
    least = sorted(parts, key=lambda part: part.taken - part.all)[:SHOWN]
    return [str(together("all of app/", parts)), str(together("its services and policies", rules)), "", *map(str, least)]


def _statements(module: Path) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(module.read_text())))


def _is_too_low(part: Part) -> bool:
    return part.percent < LEAST_OF_RULES and part.all - part.taken > MOST_LEFT


def _jumps(seen: Mapping[str, Any]) -> list[str]:
    """Branches that are not said already by the line they would lead to."""
    unseen = set(seen["missing_lines"])
    return [f"{at}→{to or 'end'}" for at, to in seen["missing_branches"] if to not in unseen and at not in unseen]


def _ranges(lines: list[int]) -> list[str]:
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return [str(first) if first == last else f"{first}-{last}" for first, last in found]
