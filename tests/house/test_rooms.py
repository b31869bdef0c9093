"""Inside a feature doors open downward too, and another feature is entered by the front: by what its rooms show, not past it.

A module that is none of the rooms in docs/architecture.md stands as high as the highest of what it needs.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
FLOORS = (  # lowest first
    {"audit_tags"},
    {"models"},
    {"queries", "policy", "providers"},
    {"service"},
    {"forms"},
    {"routes"},
    {"commands", "wiring"},
)
HEIGHTS = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
PLAIN = {"core", "config", "conformance"}  # no features: they have no rooms

_VISITOR = "a rule asks who is there, and the visitor notes on the way that the session was used"
_SCAN = "a statement of the scan's own transaction, on the driver and without a session; the front is for acts that open theirs"

CLIMBS = {
    "accounts.policy -> accounts.visitor": _VISITOR,
    "staff.policy -> staff.service": "a right that was refused stands in the audit log, and only here it is refused",
}
BESIDE_THE_FRONT = {
    "counter.service.visits -> scanning.service.ec_query": "the counter's scan is a desk's without a desk; nobody else has one",
    "scanning.service.answers -> credentials.queries.redeem": _SCAN,
    "scanning.service.attempts -> credentials.queries.redeem": _SCAN,
    "scanning.service.attempts -> credentials.service.uses": _SCAN,
    "scanning.service.challenges -> credentials.queries.redeem": _SCAN,
    "scanning.service.challenges -> credentials.service.redeeming": _SCAN,
    "scanning.service.gate -> institutions.service.keys": "how a key's secret is hashed, which the scan compares itself",
    "scanning.service.facts -> credentials.queries.redeem": _SCAN,
    "scanning.service.ordinary_scans -> credentials.service.redeeming": _SCAN,
    "scanning.service.settling -> credentials.queries.redeem": _SCAN,
    "scanning.service.settling -> credentials.service.forged_tags": _SCAN,
    "scanning.service.settling -> credentials.service.redeeming": _SCAN,
    "scanning.service.settling -> credentials.service.uses": _SCAN,
    "scanning.service.slips -> credentials.queries.redeem": _SCAN,
    "scanning.service.specimens -> credentials.service.specimens": "specimens are the scan's alone; nobody else may open one",
}
HANDED_ON = re.compile(r"import (\w+) as \1$", re.MULTILINE)


def rooms_of(files: dict[str, str]) -> dict[str, set[str]]:
    """`feature.room` of every one that is there -> all that its modules import of the app, as `feature.room.module`."""
    found: dict[str, set[str]] = {}
    for path, text in files.items():
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        if len(parts) > 1 and parts[0] not in PLAIN:
            found.setdefault(f"{parts[0]}.{parts[1]}", set()).update(imports_of(text))
    return found


def imports_of(text: str) -> Iterator[str]:
    """Names without `app.`: of the module where that is said, and of what is taken from it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
            yield from (f"{node.module}.{alias.name}".removeprefix("app.") for alias in node.names)


def height_of(room: str, rooms: dict[str, set[str]], asked: frozenset[str] = frozenset()) -> int:
    """room: `feature.room`."""
    feature, _, name = room.partition(".")
    kind = next((kind for kind in ("queries", "routes") if name.endswith(f"_{kind}")), name)
    if kind in HEIGHTS:
        return HEIGHTS[kind]
    needed = {first_two(other) for other in rooms.get(room, ())} & rooms.keys() - asked - {room}
    own = (other for other in needed if other.startswith(f"{feature}."))
    return max((height_of(other, rooms, asked | {room}) for other in own), default=0)


def first_two(name: str) -> str:
    return ".".join(name.split(".")[:2])


def climbs(files: dict[str, str]) -> set[str]:
    """`room -> higher room` of the same feature."""
    rooms = rooms_of(files)
    return {
        f"{room} -> {other}"
        for room, needed in rooms.items()
        if room.partition(".")[2] in HEIGHTS or room.endswith(("_queries", "_routes"))
        for other in map(first_two, needed)
        if other in rooms and other.partition(".")[0] == room.partition(".")[0]
        if height_of(other, rooms) > height_of(room, rooms)
    }


def past_the_front(files: dict[str, str]) -> set[str]:
    """`module -> module` of another feature, though the room that it stands in shows names of its own."""
    shown = {path.removesuffix("/__init__.py").replace("/", ".") for path, text in files.items() if HANDED_ON.search(text)}
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files}
    found = set()
    for path, text in files.items():
        feature = path.partition("/")[0]
        for name in imports_of(text):
            module = name if name in modules else name.rpartition(".")[0]
            room = first_two(module)
            if room.partition(".")[0] not in PLAIN | {feature} and room in shown and module != room:
                found.add(f"{path.removesuffix('.py').replace('/', '.')} -> {module}")
    return found


@cache
def _files() -> dict[str, str]:
    return {path.relative_to(APP).as_posix(): path.read_text() for path in sorted(APP.rglob("*.py"))}


def test_no_room_needs_one_above_it() -> None:
    faults = sorted(climbs(_files()) - CLIMBS.keys())

    assert not faults, "\n".join(faults)


def test_other_features_are_entered_by_the_front() -> None:
    faults = sorted(past_the_front(_files()) - BESIDE_THE_FRONT.keys())

    assert not faults, "\n".join(faults)


def test_every_exception_is_still_one() -> None:
    assert CLIMBS.keys() - climbs(_files()) == set()
    assert BESIDE_THE_FRONT.keys() - past_the_front(_files()) == set()


def test_the_search_would_find_them() -> None:
    files = {
        "coupons/models.py": "from app.coupons.rules import is_good",
        "coupons/rules.py": "from app.coupons.service import use",
        "coupons/service/__init__.py": "from app.coupons.service.using import use as use",
        "coupons/service/using.py": "from app.coupons.models import Coupon\nfrom app.coupons import wiring",
        "coupons/wiring.py": "",
        "shop/routes.py": "from app.coupons.service import use\nfrom app.coupons.rules import is_good",
        "shop/service.py": "from app.coupons.service.using import use\nfrom app.coupons.service import using",
    }

    assert climbs(files) == {"coupons.models -> coupons.rules", "coupons.service -> coupons.wiring"}
    assert past_the_front(files) == {"shop.service -> coupons.service.using"}
