"""Which engine a browser is built on, according to its User-Agent. Pure."""

import re
from typing import NamedTuple


class Engine(NamedTuple):
    """family: chromium, webkit, firefox or other."""

    family: str
    version: int


UNKNOWN = Engine("other", 0)
# The order matters: every browser on an iPhone is WebKit, whatever it calls itself, and every Chromium also says Safari.
_SIGNS = (
    ("webkit", re.compile(r"(?:iPhone|iPad|iPod).{1,40}? OS (\d{1,3})_")),
    ("firefox", re.compile(r"Firefox/(\d{1,3})\.")),
    ("chromium", re.compile(r"(?:Chrome|Chromium)/(\d{1,3})\.")),
    ("webkit", re.compile(r"Version/(\d{1,3})[.\d]{0,20} (?:Mobile/\w{1,20} )?Safari/")),
)


def engine_of(user_agent: str) -> Engine:
    for family, sign in _SIGNS:
        if found := sign.search(user_agent[:400]):
            return Engine(family, int(found[1]))
    return UNKNOWN
