"""What the serving processes found wrong with the proxy, kept in the instance folder, where `flask doctor` reads it."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core import clock
from app.core.private_files import private
from app.core.proxy.signs import Fault
from app.core.settings import settings

_SHOWN_CHARS = 100
_UNTRUSTED = (
    "TRUSTED_PROXIES is 0, but browsers come by https, which a proxy before this program must speak: all visitors then have that "
    "proxy's address and share one limit. Set TRUSTED_PROXIES to the number of proxies, mostly 1, and start again."
)
_FILE = "write the proxy's file with `flask proxy nginx`"


def sentence(fault: Fault, seen: str, trusted: int) -> str:
    """What is wrong and how to mend it. seen: what the request showed; as it comes from outside, it is cut short."""
    seen = "".join(char for char in seen if char.isascii() and char.isprintable())[:_SHOWN_CHARS]
    return {
        Fault.untrusted: (
            "A proxy hands requests on, but TRUSTED_PROXIES is 0, so that all visitors have the proxy's address and share one "
            "limit: set TRUSTED_PROXIES=1 and start again."
        ),
        Fault.hops: (
            f"TRUSTED_PROXIES is {trusted}, but the proxies wrote {seen}, so that nobody's address is "
            f"known: set TRUSTED_PROXIES to the number of proxies, or {_FILE}."
        ),
        Fault.host: (
            f"Browsers are on another address than the Host the proxy hands on ({seen}), so that they are refused: "
            f"{_FILE}, or set Host to $http_host."
        ),
        Fault.one_address: (
            f"The last visitors all came from {seen}: if that is another proxy and not the house's own network, limits by address "
            'hold the whole city back: see "The proxy" in docs/operations.md.'
        ),
    }[fault]


def write(instance: Path, fault: Fault, seen: str, trusted: int) -> None:
    """Writes nothing if the disk fails: answering the request matters more."""
    with suppress(OSError), open(_path(instance, fault), "w", opener=private) as file:
        json.dump({"seen": seen[:_SHOWN_CHARS], "trusted": trusted, "at": clock.now().isoformat()}, file)


def remove(instance: Path, fault: Fault) -> None:
    with suppress(OSError):
        _path(instance, fault).unlink(missing_ok=True)


def problems() -> list[str]:
    """Sentences for `flask doctor` about what must be mended."""
    if settings.has_https and not settings.trusted_proxies:
        return [_UNTRUSTED]
    return [_told(fault, found) for fault, found in _read() if fault is not Fault.one_address]


def notes() -> list[str]:
    """Sentences for `flask doctor` about what a person must judge."""
    return [_told(fault, found) for fault, found in _read() if fault is Fault.one_address]


def _told(fault: Fault, found: dict[str, Any]) -> str:
    seen_at = clock.local(datetime.fromisoformat(found["at"]))
    return f"{sentence(fault, found['seen'], found['trusted'])} Last seen {seen_at:%Y-%m-%d %H:%M}."


def _read() -> list[tuple[Fault, dict[str, Any]]]:
    """Leaves out what was found under another TRUSTED_PROXIES, because the setting was changed since."""
    kept = []
    for fault in Fault:
        with suppress(OSError, ValueError):
            found = json.loads(_path(settings.instance_path, fault).read_text())
            if found["trusted"] == settings.trusted_proxies:
                kept.append((fault, found))
    return kept


def _path(instance: Path, fault: Fault) -> Path:
    return instance / f"proxy-{fault.value}.json"
