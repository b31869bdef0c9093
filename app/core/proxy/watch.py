"""What this process has seen of the proxy, over many requests: logged once, and kept in a small file for `flask doctor`."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from app.core.logs import log
from app.core.proxy import findings
from app.core.proxy.signs import Fault, Signs, is_internal

WRITE_SECONDS = 60.0  # fixed: how often a lasting fault is written down again, and how often one that is over is removed
QUIET_SECONDS = 600.0  # fixed: how long after a right request a wrong one does not count, if a stranger could have faked it
MANY_BROWSERS = 20  # with different User-Agents in a row, from one address
_OUTWEIGHED = (Fault.host, Fault.one_address)


class Watch:
    """trusted: TRUSTED_PROXIES. Threads may race here, which does no harm: what is written twice is the same."""

    def __init__(self, instance: Path, trusted: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.trusted = trusted
        self._instance = instance
        self._now = monotonic
        self._right_at: dict[Fault, float] = {}
        self._wrong_at: dict[Fault, float] = {}
        self._logged: set[Fault] = set()
        self._address = ""
        self._browsers: set[bytes] = set()

    def take(self, signs: Signs) -> None:
        now = self._now()
        for fault, seen in signs.faults.items():
            self._note_wrong(fault, seen, now)
        for fault in signs.rights:
            self._note_right(fault, now)
        if signs.browser and signs.address:
            self._count_visitor(signs.address, signs.browser, now)

    def _note_wrong(self, fault: Fault, seen: str, now: float) -> None:
        if fault in _OUTWEIGHED and now - self._right_at.get(fault, -QUIET_SECONDS) < QUIET_SECONDS:
            return
        if fault not in self._logged:
            self._logged.add(fault)
            log.error("proxy_headers_wrong", fault=fault.value, mend=findings.sentence(fault, seen, self.trusted))
        if now - self._wrong_at.get(fault, -WRITE_SECONDS) >= WRITE_SECONDS:
            self._wrong_at[fault] = now
            findings.write(self._instance, fault, seen, self.trusted)

    def _note_right(self, fault: Fault, now: float) -> None:
        """Removes what this or another process has written down, because it is no longer true."""
        is_fresh = now - self._right_at.get(fault, -WRITE_SECONDS) < WRITE_SECONDS
        is_contested = fault not in _OUTWEIGHED and now - self._wrong_at.get(fault, -WRITE_SECONDS) < WRITE_SECONDS
        if is_fresh or is_contested:
            return
        self._right_at[fault] = now
        findings.remove(self._instance, fault)

    def _count_visitor(self, address: str, browser: str, now: float) -> None:
        """Citizens come from many addresses, but those of an internal network may come from one, so a person has to judge this."""
        if address != self._address:
            if self._address:
                self._note_right(Fault.one_address, now)
            self._address, self._browsers = address, set()
        if len(self._browsers) < MANY_BROWSERS and is_internal(address):
            self._browsers.add(hashlib.sha256(browser.encode()).digest()[:8])
            if len(self._browsers) == MANY_BROWSERS:
                self._note_wrong(Fault.one_address, address, now)
