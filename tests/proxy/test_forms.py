"""Every form of the site through a real nginx that runs on the file this program writes: none is taken for a stale one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from flask import Flask

from app import create_app
from tests.kit.settings import make_settings
from tests.proxy.house import House
from tests.proxy.visitor import Form, Visitor, is_stale

Visit = Callable[..., Visitor]
MOST_PAGES = 120  # of one person's walk
STAFF = ("reviewer", "agent", "counter", "sysadmin", "secadmin", "auditadmin")


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_settings(database_url="sqlite://", instance_path=tmp_path_factory.mktemp("house")))


def posting_addresses(app: Flask) -> Iterator[str]:
    """Every address that takes a form, with something for each of its variables."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and not rule.rule.startswith("/api/"):
            values = {name: _example(rule._converters[name]) for name in rule.arguments}
            yield app.url_map.bind("").build(rule.endpoint, values, method="POST")


def _example(converter: Any) -> str:
    choices = getattr(converter, "items", None)
    return str(min(choices) if choices else converter.to_python("1"))


def answers(response: httpx.Response) -> tuple[int, str, str]:
    return response.status_code, response.headers.get("Location", ""), response.headers.get("Content-Type", "")


def test_every_address_answers_a_fresh_form_as_without_a_proxy(house: House, visit: Visit, unserved: Flask) -> None:
    stranger = visit()
    stranger.get("/sign-in")
    fields, host = {"csrf_token": stranger.token()}, house.base_url.removeprefix("https://")
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in stranger.http.cookies.items())}
    handed_on = {"Host": host, "X-Forwarded-For": "127.0.0.1"}
    differing, asked = [], 0

    with httpx.Client(base_url=house.server.base_url, timeout=60) as inside:
        for path in posting_addresses(unserved):
            stranger.http.cookies.clear()  # each is asked by the same session
            through = stranger.http.post(path, data=fields, headers={**cookies, **stranger.said()})
            straight = inside.post(path, data=fields, headers={**cookies, **stranger.said(), **handed_on})
            asked += 1
            if answers(through) != answers(straight) or is_stale(through):
                differing.append(f"{path}: {answers(through)}, without a proxy {answers(straight)}")

    assert differing == []
    assert asked > 150


def walk(visitor: Visitor, start: str) -> dict[str, Form]:
    """The forms of the pages that one link after the other leads to; of those that differ by a number, one."""
    waiting, seen, forms = [start], {_kind(start)}, {}
    for _page in range(MOST_PAGES):
        if not waiting:
            break
        visitor.get(waiting.pop(0))
        forms |= {_kind(form.action): form for form in visitor.forms()}
        for path in visitor.links():
            if _kind(path) not in seen:
                seen.add(_kind(path))
                waiting.append(path)
    return forms


def _kind(path: str) -> str:
    return re.sub(r"\d+", "n", path)


def refusals(visitor: Visitor, forms: dict[str, Form]) -> list[str]:
    """Sends each as it is, whoever it asks for what; ending the session comes last."""
    found = []
    for form in sorted(forms.values(), key=lambda form: ("sign-out" in form.action, form.action)):
        files = {"nothing": ("", b"")} if form.is_multipart else None
        visitor.get(form.page)  # what was sent before may have changed the token
        fields = {**form.fields, "csrf_token": visitor.token() or form.fields["csrf_token"]}
        answer = visitor.http.post(form.action, data=fields, files=files, headers=visitor.said())
        if is_stale(answer) or answer.status_code >= 500 or "nginx" in answer.text:
            found.append(f"{form.action}: {answer.status_code}")
    return found


def test_every_form_a_citizen_comes_to_is_taken(visit: Visit) -> None:
    citizen = visit()
    citizen.sign_in("19900000001")

    forms = walk(citizen, "/")

    assert refusals(citizen, forms) == []
    assert len(forms) > 5


@pytest.mark.parametrize("role", STAFF)
def test_every_form_staff_come_to_is_taken(visit: Visit, role: str) -> None:
    member = visit()
    assert member.sign_in_staff(role).url.path == "/bureau"

    forms = walk(member, "/bureau")

    assert refusals(member, forms) == []
    assert len(forms) > 2
