"""A thief of faces: whoever can make this site write another host into an address gets the nonce of somebody else's face check."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.accounts.service import load_notices
from app.core import clock, outages
from app.core.db import db
from app.core.origin import MACHINE_PATHS
from tests.activation.story import activate, enrol, path, prove_by_face
from tests.activation.test_lost import loser
from tests.activation.test_rebinding import second_phone
from tests.family.story import add_by_face, boxes, holder, links
from tests.family.story import enrol as enrol_relative
from tests.family.test_adding import FATHER
from tests.family.test_invitations import agree_by_face, invited, phone_of_member
from tests.kit.settings import make_settings
from tests.kit.visitors import prepare

NAME = "localhost"  # the one this kit's browsers follow
ORIGIN = f"https://{NAME}"
EVIL = "evil.example"
pytestmark = pytest.mark.one_database


class Forger:
    """Around the whole program. Every form is sent twice: under another host, which must be refused, and then under the right name
    with all that a client may write of the host beside it."""

    def __init__(self, app: Flask) -> None:
        self._next = app.wsgi_app
        self.refused: set[int] = set()
        self.written: list[str] = []
        self.posts = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        right = environ | {"HTTP_HOST": NAME, "wsgi.input": io.BytesIO(body)}
        if environ["REQUEST_METHOD"] == "POST":
            self.posts += 1
            forged = right | {"HTTP_HOST": EVIL, "HTTP_REFERER": f"https://{EVIL}/", "HTTP_ORIGIN": f"https://{EVIL}"}
            self.refused.add(self._status(forged | {"HTTP_X_FORWARDED_HOST": NAME}))
            right |= {
                "wsgi.input": io.BytesIO(body),
                "HTTP_HOST": f"{NAME}:4444",
                "HTTP_X_FORWARDED_HOST": EVIL,
                "HTTP_X_FORWARDED_PROTO": "http",
                "HTTP_X_FORWARDED_PORT": "4444",
                "HTTP_FORWARDED": f"host={EVIL};proto=http",
                "HTTP_X_FORWARDED_FOR": "203.0.113.9",
            }
        return [self._read(right, start_response)]

    def _status(self, environ: dict[str, Any]) -> int:
        said: list[str] = []
        list(self._next(environ, lambda status, headers, _error=None: said.append(status)))
        return int(said[0].split()[0])

    def _read(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> bytes:
        def begin(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            self.written += [value for _name, value in headers]
            return start_response(status, headers, error)

        answer = self._next(environ, begin)
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        self.written.append(body.decode(errors="replace"))
        return body


@pytest.fixture
def forger(database_url: str, tmp_path: Path) -> Iterator[tuple[Flask, Forger]]:
    """As production is known by its address, with the face check of the demo, whose page says where it leads back to."""
    settings = make_settings(database_url=database_url, instance_path=tmp_path, trusted_proxies=1)
    app = create_app(replace(settings, public_origin=ORIGIN))
    outages.reset()
    clock.reset()
    clock.stop()
    made = Forger(app)
    app.wsgi_app = made
    with app.app_context():
        prepare(app)
        load_notices()
        yield app, made
        db.session.remove()
        db.engine.dispose()
    clock.reset()


def test_no_address_of_another_host_is_ever_written(forger: tuple[Flask, Forger]) -> None:
    app, seen = forger
    enrol()
    activate(app)
    assert path(prove_by_face(second_phone(app), "re-binding")) != "/re-binding/proof"
    lost = loser(app)
    lost.post("/lost/freezing")
    prove_by_face(lost, "recovery")

    assert seen.refused == {400}
    returns = [address for address in seen.written if "face-check?state=" in address and "<" not in address]
    assert len(returns) >= 3
    assert all(address.startswith(f"{ORIGIN}/") for address in returns)
    assert_nothing_forged(seen)


def test_nor_for_a_family(forger: tuple[Flask, Forger]) -> None:
    app, seen = forger
    enrol_relative(FATHER, "李大山")
    browser = holder(app)
    page = browser.get("/family/new")
    browser.post("/family/new", {**boxes(page), "by": "face"})
    add_by_face(browser, FATHER, "father", name="李大山")
    assert len(links()) == 1

    assert seen.refused == {400}
    assert_nothing_forged(seen)


def test_nor_in_an_invitation(forger: tuple[Flask, Forger]) -> None:
    app, seen = forger
    _member, _browser, place = invited(app)
    agree_by_face(phone_of_member(app), place)

    assert any(f'"{ORIGIN}{place}"' in text for text in seen.written)

    assert seen.refused == {400}
    assert_nothing_forged(seen)


def assert_nothing_forged(seen: Forger) -> None:
    assert seen.posts > 5
    assert not [text for text in seen.written if EVIL in text or ":4444" in text]


def status_of(app: Flask, path: str, host: str | None) -> tuple[int, str]:
    environ: dict[str, Any] = {} if host is None else {"HTTP_HOST": host}
    answer = app.test_client().get(path, environ_overrides=environ)
    return answer.status_code, answer.get_data(as_text=True)


def test_another_host_gets_a_sentence_and_nothing_else(forger: tuple[Flask, Forger], subtests: pytest.Subtests) -> None:
    app, seen = forger
    app.wsgi_app = seen._next

    for host in (
        EVIL,
        "127.0.0.1",
        f"{NAME}.{EVIL}",
        f"x{NAME}",
        "a b",
        f"{NAME}@evil",
        "[::1",
    ):
        with subtests.test(host=host):
            status, page = status_of(app, "/sign-in", host)
            of_api = status_of(app, "/api/v1/openapi.json", host)

            assert status == 400 and f"请从 {ORIGIN} 重新进入" in page and 'name="phone"' not in page
            assert of_api[0] == 400 and '"reason": "body_invalid"' in of_api[1].replace('":"', '": "')
    for host in (NAME, f"{NAME}:443", NAME.upper()):
        with subtests.test(host=host):
            assert status_of(app, "/sign-in", host)[0] == 200


def test_the_machines_own_questions_come_under_a_loopback_name(forger: tuple[Flask, Forger]) -> None:
    app, seen = forger
    app.wsgi_app = seen._next

    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000", NAME):
        assert {status_of(app, path, host)[0] for path in ("/healthz", "/metrics")} == {200}
    assert {status_of(app, path, EVIL)[0] for path in MACHINE_PATHS} == {400}


def test_the_demo_answers_under_loopback_names_alone(app: Flask) -> None:
    """Else a page of a stranger could have its own name lead to this machine."""
    assert {status_of(app, "/sign-in", host)[0] for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000")} == {200}
    assert status_of(app, "/sign-in", EVIL)[0] == 400

    app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo_public=True)

    assert status_of(app, "/sign-in", EVIL)[0] == 200
