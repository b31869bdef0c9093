"""Whether the store of the documents is this installation's own: it holds a mark that only this installation's secret can make.

A disk that is not mounted is an empty folder, and another installation's folder looks like any other. Papers written there would
be hidden by the next mount, and a sweep would take foreign files for leftovers. So code that writes or sweeps asks here first.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from flask import Flask, current_app

from app.core import blobs
from app.core.crypto import vault
from app.core.outages import answered, failed

DOCUMENTS = "documents"  # the store's name in `core.outages`
WATCH_SECONDS = 60.0  # fixed: how soon an outage of the store is noticed when nobody uses it
_TRUSTED_SECONDS = 30.0  # fixed: for a remote store, where each look costs a round trip
_OPENED = 3  # how many files are opened to see whose a store without a mark is


class StoreState(Enum):
    ours = "ours"
    new = "new"  # has no mark, and may be ours: it is empty, or of a version that made no marks
    lost = "lost"  # the database names files and none of them is there: not mounted, or another folder
    foreign = "foreign"
    away = "away"


SENTENCES = {
    StoreState.lost: "The store of the documents holds none of the files the database names: mount it, or see DOCUMENTS_URL.",
    StoreState.foreign: "The store of the documents belongs to another installation: see DOCUMENTS_URL.",
    StoreState.away: "The store of the documents does not answer: see DOCUMENTS_URL and S3_*.",
}


@dataclass(frozen=True)
class Keeper:
    """Declares a feature that keeps files here. newest: some of the names in its rows, the latest first. folder: where they are.
    opens: whether the file with a name was sealed by this installation."""

    folder: str
    newest: Callable[[], Sequence[str]]
    opens: Callable[[str], bool]


def keep_here(app: Flask, keeper: Keeper) -> None:
    """To be called while the app is made."""
    _keepers(app).append(keeper)


def find_state() -> StoreState:
    """Looks, and writes nothing. Reads the database only where there is no mark."""
    try:
        return _look()
    except blobs.StoreUnavailable:
        return StoreState.away


def require_ours() -> None:
    """Called before anything is written; marks a store at its first use. Raises blobs.StoreUnavailable if it is not ours."""
    if time.monotonic() < current_app.extensions.get("store_trusted_until", 0.0):
        return
    state = find_state()
    if state is StoreState.new:
        blobs.put(blobs.MARK, _mark())
    elif state is not StoreState.ours:
        raise blobs.StoreUnavailable(f"the store of the documents is not used: {state.value}")
    if blobs.local_folder() is None:
        current_app.extensions["store_trusted_until"] = time.monotonic() + _TRUSTED_SECONDS


def is_ours() -> bool:
    """Asked before files are deleted as leftovers."""
    return find_state() is StoreState.ours


def problems() -> list[str]:
    """Sentences for the operator."""
    sentence = SENTENCES.get(find_state())
    return [sentence] if sentence else []


def watch() -> None:
    """For the elected process: logs a line when the store becomes unusable, and one when it can be used again."""
    state = find_state()
    if state in SENTENCES:
        failed(DOCUMENTS, state.value, SENTENCES[state])
    else:
        answered(DOCUMENTS)


def _look() -> StoreState:
    try:
        return StoreState.ours if blobs.get(blobs.MARK) == _mark() else StoreState.foreign
    except blobs.NoSuchBlob:
        pass
    keepers = _keepers(current_app)
    named = [name for keeper in keepers for name in keeper.newest()]
    if named:
        return StoreState.new if any(blobs.is_there(name) for name in named) else StoreState.lost
    for keeper in keepers:
        for _, (name, _written) in zip(range(_OPENED), blobs.list_names(keeper.folder), strict=False):
            if not keeper.opens(name):
                return StoreState.foreign
    return StoreState.new


def _mark() -> bytes:
    return vault.keyed_hash("document-store", "mark").hex().encode() + b"\n"


def _keepers(app: Flask) -> list[Keeper]:
    found: list[Keeper] = app.extensions.setdefault("store_keepers", [])
    return found
