"""The engines, how each is started, and which journeys it cannot walk for a reason that is not ours."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.engines.bidi import Firefox
from tests.engines.devtools import Chromium
from tests.engines.engine import Engine
from tests.engines.old_chromium import unpack
from tests.engines.webdriver import WebKit

CURRENT = Path("/usr/bin/chromium-headless-shell")
OLD = (64, 80, 88, 92)  # Android 8's own; iOS 13.4 by its table; WeChat's and other vendors' inner browsers


def start_engine(name: str) -> Engine:
    """name: one of ENGINES."""
    return _STARTS[name]()


def _start_old(version: int) -> Engine:
    folder = unpack(version)
    return Chromium(folder / "chromium", environ={"LD_LIBRARY_PATH": str(folder / "lib")})


_STARTS: dict[str, Callable[[], Engine]] = {
    "Chromium": lambda: Chromium(CURRENT),
    "WebKit": WebKit,
    "Firefox": Firefox,
    **{f"Chromium {version}": partial(_start_old, version) for version in reversed(OLD)},
}
ENGINES = list(_STARTS)
# In the gate these walk every journey: the oldest, and the one of most old phones. `make engines` has all engines.
EDGES = ("WebKit", "Chromium 64")
IN_THE_GATE = (*EDGES, "Firefox")  # it as far as a wrong PIN; other Chromiums lie between the oldest and that of all browser tests

NO_WORKER = "no service worker here: contract's floor for it is Chromium 86"
# By engine and journey. Only what the engine lacks stands here; a fault of ours never does.
LIMITS: dict[str, dict[str, str]] = {}
