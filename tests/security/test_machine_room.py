"""A stranger wants to know the machines: versions, processes, what is down. They are for this machine, or for who has the token."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from app.core import blobs

TOKEN = "vN3kQ8zR1tLx6Wm4Yb7Pc2Hd9Jf5Gs0E"
AWAY = {"REMOTE_ADDR": "203.0.113.9"}


def ask(app: Flask, path: str, *, environ: Mapping[str, str] | None = None, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=named, environ_overrides=dict(environ or {}))


@pytest.fixture
def with_token(app: Flask) -> Flask:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], metrics_token=TOKEN)
    return app


def test_figures_and_reasons_are_for_this_machine_alone_without_a_token(app: Flask) -> None:
    blobs.put(blobs.MARK, b"another installation's")

    assert "process_" in ask(app, "/metrics").text
    assert "belongs to another installation" in ask(app, "/readyz").text
    stranger = ask(app, "/metrics", environ=AWAY)
    assert stranger.status_code == 401 and "python" not in stranger.text
    assert ask(app, "/metrics", environ=AWAY, Authorization="Bearer ").status_code == 401, "an empty token is none"
    assert (ask(app, "/readyz", environ=AWAY).status_code, ask(app, "/readyz", environ=AWAY).text) == (200, "ready\n")


def test_who_comes_through_a_proxy_on_this_machine_is_a_stranger(subtests: pytest.Subtests, app: Flask) -> None:
    for headers in (
        {"X_Forwarded_For": "127.0.0.1"},
        {"X_Forwarded_For": ""},
        {"X_Forwarded_Proto": "https"},
        {"Forwarded": "for=127.0.0.1"},
        {"X_Real_IP": "::1"},
        {"Via": "1.1 cache"},
        {"Host": "ybm.example.cn"},
        {"Host": "127.0.0.1.example.cn"},
        {"Host": "["},
    ):
        with subtests.test(headers=headers):
            assert ask(app, "/metrics", **headers).status_code in (400, 401)


def test_an_address_that_a_trusted_header_claims_is_not_believed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "wsgi_app", ProxyFix(app.wsgi_app, x_for=1))

    assert ask(app, "/metrics", environ=AWAY, X_Forwarded_For="127.0.0.1").status_code == 401


def test_with_a_token_it_is_asked_of_everybody(with_token: Flask) -> None:
    for given in ("", "Bearer", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ключ"):
        assert ask(with_token, "/metrics", Authorization=given.encode().decode("latin-1")).status_code == 401, given

    answer = ask(with_token, "/metrics", environ=AWAY, Authorization=f"Bearer {TOKEN}")

    assert answer.status_code == 200 and "process_" in answer.text


def test_what_is_down_is_told_to_the_token_and_one_word_to_strangers(with_token: Flask) -> None:
    blobs.put(blobs.MARK, b"another installation's")

    assert "belongs to another installation" in ask(with_token, "/readyz", environ=AWAY, Authorization=f"Bearer {TOKEN}").text
    assert ask(with_token, "/readyz", environ=AWAY).text == "ready\n"


def test_a_site_that_cannot_serve_tells_strangers_no_more_than_that(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.installation.problems", lambda _mode: ["This database is of another kind."])

    assert (ask(app, "/readyz").status_code, ask(app, "/readyz").text) == (503, "This database is of another kind.\n")
    assert (ask(app, "/readyz", environ=AWAY).status_code, ask(app, "/readyz", environ=AWAY).text) == (503, "not ready\n")
