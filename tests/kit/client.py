"""A browser without a screen: fetches a page and checks on the way what every page must be."""

import re
from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask, Response, has_app_context, url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import db


@dataclass
class Node:
    tag: str
    attrs: dict[str, str]
    text: str = ""


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self._open: list[Node] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.nodes.append(node)
        if tag not in {"input", "img", "link", "meta", "br", "hr", "path", "rect", "circle"}:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i].tag == tag:
                del self._open[i:]
                return

    def handle_data(self, data: str) -> None:
        for node in self._open:
            node.text += data


@dataclass
class Page:
    response: TestResponse
    nodes: list[Node] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """What a person reads: the visible text, white space folded."""
        return " ".join(" ".join(n.text for n in self.nodes if n.tag == "body").split())

    def all(self, tag: str, **attrs: str) -> list[Node]:
        wanted = {k.rstrip("_").replace("_", "-"): v for k, v in attrs.items()}
        return [n for n in self.nodes if n.tag == tag and all(n.attrs.get(k) == v for k, v in wanted.items())]

    def one(self, tag: str, **attrs: str) -> Node:
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} <{tag} {attrs}> on the page"
        return found[0]

    def hidden(self) -> dict[str, str]:
        """Hidden fields, as a browser would send them back."""
        return {
            n.attrs["name"]: n.attrs.get("value", "") for n in self.nodes if n.tag == "input" and n.attrs.get("type") == "hidden"
        }


class _Http(FlaskClient):
    """Sends each request away from the test's own app context, whose `g` and database session a request must not share.

    The test's session forgets what it read, so that it sees what the request wrote.
    """

    def open(self, *args: Any, **options: Any) -> TestResponse:
        response: TestResponse = Context().run(super().open, *args, **options)
        if has_app_context():
            db.session.rollback()
        return response


class Browser:
    """One person's browser: keeps cookies, follows redirects, sends the CSRF token of the page it last saw."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.http = _Http(app, Response)
        self.page: Page | None = None

    def get(self, target: str, *, expect: int = 200, **values: Any) -> Page:
        """target: a path, or an endpoint name whose values follow."""
        return self._arrive(self.http.get(self._path(target, values), follow_redirects=True), expect)

    def post(self, target: str, data: dict[str, Any] | None = None, *, expect: int = 200, **values: Any) -> Page:
        """Submits a form: hidden fields of the last page that fit (the CSRF token) are sent along."""
        hidden = {k: v for k, v in (self.page.hidden() if self.page else {}).items() if k == "csrf_token"}
        response = self.http.post(
            self._path(target, values), data={**hidden, **(data or {})}, headers=self.said(), follow_redirects=True
        )
        return self._arrive(response, expect)

    def post_body(self, target: str, body: bytes, content_type: str, *, expect: int = 200) -> Page:
        """Submits a body as it is: what a form with files sends."""
        return self._arrive(self.http.post(target, data=body, content_type=content_type, follow_redirects=True), expect)

    def said(self) -> dict[str, str]:
        """The page the form is on, by the address a browser would know it."""
        origin = self._app.config["SETTINGS"].public_origin or "http://localhost"
        return {"Referer": origin + (self.page.response.request.path if self.page else "/")}

    def _path(self, target: str, values: dict[str, Any]) -> str:
        if target.startswith("/"):
            return target
        with self._app.test_request_context():
            return url_for(target, **values)

    def _arrive(self, response: TestResponse, expect: int) -> Page:
        collector = _Collector()
        if response.mimetype == "text/html":
            collector.feed(response.get_data(as_text=True))
        self.page = Page(response, collector.nodes)
        assert response.status_code == expect, (
            f"{response.request.path}: {response.status_code}, not {expect}\n{self.page.text[:400]}"
        )
        if response.mimetype == "text/html":
            check_page(self.page)
        return self.page


def check_page(page: Page) -> None:
    """What holds for every page of the site."""
    where = page.response.request.path
    html = page.one("html")
    assert html.attrs.get("lang"), f"{where}: no language"
    headings = page.all("h1")
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    title, heading = page.all("title")[0].text.strip(), " ".join(headings[0].text.split())
    assert title.removeprefix("有误：").startswith(heading), f"{where}: title {title!r} does not begin with h1 {heading!r}"
    ids = [n.attrs["id"] for n in page.nodes if "id" in n.attrs]
    assert len(ids) == len(set(ids)), f"{where}: duplicate id {[i for i in ids if ids.count(i) > 1]}"
    labelled = {n.attrs.get("for") for n in page.nodes if n.tag == "label"}
    for field_node in page.nodes:
        if field_node.tag in {"input", "select", "textarea"} and field_node.attrs.get("type") not in {"hidden", "submit"}:
            named = (
                field_node.attrs.get("id") in labelled or "aria-label" in field_node.attrs or "aria-labelledby" in field_node.attrs
            )
            assert named, f"{where}: {field_node.attrs} has no label"
        for described in field_node.attrs.get("aria-describedby", "").split():
            assert described in ids, f"{where}: aria-describedby names {described}, which is not there"
    for form in page.all("form"):
        assert form.attrs.get("method", "").lower() in {"get", "post"} and "action" in form.attrs, (
            f"{where}: a form without method or action"
        )
    assert not re.search(r"\son[a-z]+=", page.html), f"{where}: an inline event handler"
    assert not re.search(r"\sstyle=", page.html), f"{where}: an inline style attribute"
    for script in page.all("script"):
        assert "src" in script.attrs or script.attrs.get("type") == "application/json", f"{where}: an inline script"
    policy = page.response.headers.get("Content-Security-Policy", "")
    assert "unsafe" not in policy and "default-src 'none'" in policy, f"{where}: CSP {policy!r}"
    assert page.response.headers.get("Cache-Control"), f"{where}: no Cache-Control"
