"""Citizens have other browsers than we: each engine walks the main journeys, from the first SMS to the lost phone."""

from tests.engines.conftest import is_whole, keep
from tests.engines.engines import EDGES, LIMITS
from tests.engines.journeys import JOURNEYS
from tests.engines.walking import Walk, walk_all


def test_every_engine_walks_the_main_journeys(engine: str, walk: Walk) -> None:
    is_all = is_whole() or engine in EDGES
    results = walk_all(walk, [one for one in JOURNEYS if is_all or one.is_short], LIMITS.get(engine, {}))

    for result in results:
        print(f"{engine} | {result.journey} | {result.words}")
    keep(engine, walk.phone.engine.version, results)
    failed = [result.error for result in results if result.error]
    if failed:
        first = failed[0]
        for other in failed[1:]:
            first.add_note(f"and then: {other} {getattr(other, '__notes__', '')}")
        raise first
