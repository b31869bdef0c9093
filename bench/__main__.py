"""`make bench`: prints a table of ratios and writes bench.json into the instance folder.

SCALE=small (default) ends within ten minutes; SCALE=full uses the millions. ONLY=scan,growth limits the run.
"""

import json
import os
import sys
import time

from app.config import load_settings
from bench import (
    code_page,
    desk_pages,
    documents,
    growth,
    heavy_photos,
    lighthouse,
    live_state,
    offline,
    races,
    review_queue,
    roster_import,
    roster_web,
    scan,
    slow_clients,
)
from bench.ratios import Ratio, show

MEASUREMENTS = {
    "scan": scan.measure,
    "slow_clients": slow_clients.measure,
    "growth": growth.measure,
    "races": races.measure,
    "code_page": code_page.measure,
    "live_state": live_state.measure,
    "roster_import": roster_import.measure,
    "roster_web": roster_web.measure,
    "documents": documents.measure,
    "heavy_photos": heavy_photos.measure,
    "review_queue": review_queue.measure,
    "desk_pages": desk_pages.measure,
    "offline": offline.measure,
    "lighthouse": lighthouse.measure,
}


def main() -> None:
    scale = os.environ.get("SCALE", "small")
    if scale not in ("small", "full"):
        sys.exit("SCALE is small or full")
    only = os.environ.get("ONLY", ",".join(MEASUREMENTS)).split(",")
    ratios: list[Ratio] = []
    for name, measure in MEASUREMENTS.items():
        if name in only:
            began = time.perf_counter()
            found = measure(scale)
            ratios += found
            for line in found:
                show(line)
            print(f"  ({name}: {time.perf_counter() - began:.0f} s)", flush=True)
    target = load_settings().instance_path / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"scale": scale, "ratios": ratios}, ensure_ascii=False, indent=1))
    short = [r["name"] for r in ratios if not r["holds"]]
    print(f"\n{len(ratios)} ratios, {len(short)} short of their goal; written to {target}")
    for name in short:
        print(f"  short: {name}")


main()
