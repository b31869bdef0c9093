"""Whether the store of the documents is this installation's own: a mark in it that only this installation's secret makes.

A disk that is not mounted is an empty folder, and somebody else's folder looks like any other. Papers written there would be lost
to the next mount, and a sweep would take a stranger's files for left-overs. So whoever writes, or tidies up, asks here first.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from flask import Flask, current_app

from app.core import blobs
from app.core.crypto import vault
from app.core.outages import answered, failed

DOCUMENTS = "documents"  # what an outage of the store is called
WATCH_SECONDS = 60.0  # fixed: how soon a store that is away is noticed when nobody uses it
_TRUSTED_SECONDS = 30.0  # fixed: for a store elsewhere, where each look costs a round trip
_OPENED = 3  # so many files show whose a store without a mark is


class StoreState(Enum):
    ours = "ours"
    new = "new"  # without a mark, and nothing speaks against it: an empty one, or one of a version that made none
    lost = "lost"  # the database names files and none of them is here: not mounted, or another folder
    foreign = "foreign"
    away = "away"


SENTENCES = {
    StoreState.lost: "The store of the documents holds none of the files the database names: mount it, or see DOCUMENTS_URL.",
    StoreState.foreign: "The store of the documents belongs to another installation: see DOCUMENTS_URL.",
    StoreState.away: "The store of the documents does not answer: see DOCUMENTS_URL and S3_*.",
}


@dataclass(frozen=True)
class Keeper:
    """Of a feature that keeps files here. newest: some of the names its rows hold, the latest first. folder: where they are.
    opens: whether what is kept under a name was sealed by this installation."""

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
    """Before anything is written: marks a store at its first use. Raises blobs.StoreUnavailable for any that is not ours."""
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
    """Before files are taken for left-overs."""
    return find_state() is StoreState.ours


def problems() -> list[str]:
    """Sentences for the operator."""
    sentence = SENTENCES.get(find_state())
    return [sentence] if sentence else []


def watch() -> None:
    """The elected process's: a line when the store cannot be used, and one when it can again."""
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
