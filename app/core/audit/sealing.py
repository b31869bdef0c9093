"""Who seals the audit log, and when: the elected process at regular turns, any other process only what it wrote itself."""

import threading
import time

from flask import Flask

from app.core.audit.seal import GRACE_SECONDS, seal_pending, seal_window, seal_written
from app.core.audit.unsealed_rows import UnsealedRows
from app.core.db import db
from app.core.ids import first_id_at
from app.core.logs import log

OWN_EVERY_SECONDS = 30.0  # fixed: for a process that serves no pages: its rows are few
UNHEARD_SECONDS = 60  # fixed: after a gap this long another process may have been the elected one, or none
WINDOWS_A_TURN = 20  # 100,000 rows, a quarter of a second of processor time
RECENT_SECONDS = 10  # fixed: the transactions of requests are over by then; looking at fewer rows each turn costs less
GRACE_EVERY_SECONDS = 20  # fixed: how often the grace period of longer transactions is looked through
FARTHER_LOOKS = ((60, 900), (3600, 86_400))  # (how often, how far back) in seconds: for rows that were committed late


class Sealer:
    """The elected process seals what is recent at each turn, now and then the last two minutes, and goes on with a search that
    reaches farther back.

    Once elected it searches the whole log, because it may be that nobody sealed what was written before.
    """

    def __init__(self) -> None:
        self._last_turn = self._last_grace = float("-inf")
        self._due = [float("-inf") for _look in FARTHER_LOOKS]
        self._look: UnsealedRows | None = None

    def take_turn(self, now: float | None = None) -> int:
        """Returns how many rows were sealed. now: seconds of a monotonic clock."""
        now, last = time.monotonic() if now is None else now, self._last_turn
        self._last_turn = float("-inf")  # after an error below, the next turn starts a new search of the whole log
        sealed = self._seal_recent(now)
        if now - last > UNHEARD_SECONDS:
            self._look, self._due = UnsealedRows(), [now + every for every, _back in FARTHER_LOOKS]
        elif self._look is None:
            self._look = self._next_look(now)
        for _window in range(WINDOWS_A_TURN):
            if self._look is not None:
                sealed += seal_window(self._look)
                self._look = None if self._look.is_over else self._look
        self._last_turn = now
        return sealed

    def _seal_recent(self, now: float) -> int:
        if now - self._last_grace < GRACE_EVERY_SECONDS:
            return seal_pending(seconds=RECENT_SECONDS)
        sealed = seal_pending(seconds=GRACE_SECONDS)
        self._last_grace = now
        return sealed

    def _next_look(self, now: float) -> UnsealedRows | None:
        due = [number for number, when in enumerate(self._due) if when <= now]
        if not due:
            return None
        for number in due:
            self._due[number] = now + FARTHER_LOOKS[number][0]
        return UnsealedRows(first_id_at(time.time() - FARTHER_LOOKS[due[-1]][1]))


def start_sealing_own(app: Flask, every_seconds: float = OWN_EVERY_SECONDS) -> threading.Event:
    """For a process that writes and serves no pages, such as the one for jobs: perhaps no web server is there to seal its rows.

    Setting the returned event ends it.
    """
    stop = threading.Event()
    threading.Thread(target=_seal_own, args=(app, stop, every_seconds), name="audit-own", daemon=True).start()
    return stop


def seal_before_ending(app: Flask) -> None:
    """Seals what a web worker wrote in its last seconds, as nobody knows when the next one starts. Never raises: it ends anyway."""
    with app.app_context():
        try:
            seal_pending()
        except Exception as error:
            log.warning("audit_not_sealed", reason=type(error).__name__)
        finally:
            db.session.remove()


def _seal_own(app: Flask, stop: threading.Event, every_seconds: float) -> None:
    while not stop.wait(every_seconds):
        with app.app_context():
            try:
                seal_written()
            except Exception as error:
                log.warning("audit_not_sealed", reason=type(error).__name__)
            finally:
                db.session.remove()
