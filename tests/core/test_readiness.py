"""`/readyz` names everything that is down, refuses only what cannot be served, and waits for nobody."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core import blobs, limits, readiness, store_mark
from tests.kit.ports import free_port
from tests.kit.settings import make_settings


def ask(app: Flask) -> tuple[int, list[str]]:
    answer = app.test_client().get("/readyz")
    assert answer.content_type == "text/plain; charset=utf-8"
    return answer.status_code, answer.text.splitlines()


def test_all_is_well(app: Flask) -> None:
    assert ask(app) == (200, ["ready"])


def test_what_is_done_without_is_named_and_served(app: Flask) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], ratelimit_storage_url=url)
    app.extensions["limits"] = limits.GuardedStorage(limits.RedisStorage(url))
    blobs.put(blobs.MARK, b"another installation's")

    status, lines = ask(app)

    assert (status, lines[0]) == (200, "ready")
    assert "Redis does not answer" in lines[1]
    assert "belongs to another installation" in lines[2]
    assert url not in "".join(lines) and str(app.config["SETTINGS"].instance_path) not in "".join(lines)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://someone:secret@127.0.0.1:1/nothing"])
def test_without_a_database_nothing_can_be_served(tmp_path: Path, url: str) -> None:
    app = create_app(make_settings(database_url=url, instance_path=tmp_path))

    assert ask(app) == (503, ["The database does not answer."])


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """Set when the test is over, so that no thread waits for ever."""
    event = threading.Event()
    yield event
    event.set()


def test_one_that_hangs_is_not_waited_for_nor_asked_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, stuck: threading.Event
) -> None:
    asked: list[int] = []

    def hang(_app: Flask) -> list[str]:
        asked.append(1)
        stuck.wait(30)
        return []

    parts = tuple(replace(part, ask=hang) if part.name == "database" else part for part in readiness._PARTS)
    monkeypatch.setattr(readiness, "_PARTS", parts)
    monkeypatch.setattr(readiness, "WITHIN_SECONDS", 0.2)

    began = time.monotonic()
    answers = [ask(app) for _ in range(3)]
    took = time.monotonic() - began

    assert answers == [(503, ["The database does not answer."])] * 3
    assert len(asked) == 1 and took < 3


def test_a_store_of_documents_that_does_not_answer_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> bytes:
        raise blobs.StoreUnavailable("no answer")

    monkeypatch.setattr(blobs, "get", refuse)

    assert ask(app) == (200, ["ready", store_mark.SENTENCES[store_mark.StoreState.away]])
