"""Who stands between a browser and the site wants one request in clear: every answer says that there is to be none."""

from pathlib import Path

import pytest
from flask import Flask

from app.core.strict_transport import HEADER
from app.credentials.quiet_polls import QuietPolls
from tests.security.production import production_app

pytestmark = pytest.mark.one_database

NAME, VALUE = HEADER


def test_every_answer_of_production_says_so_once(
    subtests: pytest.Subtests, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with production_app(database_url, tmp_path) as app:
        http, release = app.test_client(), app.config["RELEASE"]
        asked = [
            ("GET", "/healthz"),
            ("GET", "/"),  # a page, before the first run
            ("GET", f"/static/v-{release}/css/site.css"),
            ("GET", f"/static/v-{release}/js/app.js"),
            ("GET", f"/static/v-{release}/nothing.png"),
            ("GET", "/sw.js"),
            ("GET", "/manifest.webmanifest"),
            ("POST", "/healthz"),
            ("POST", "/api/v1/ec/query"),
            ("GET", "/api/v1/nothing"),
            ("GET", "/static//sw.js"),
            ("POST", "/sign-in"),
        ]
        for method, path in asked:
            with subtests.test(method=method, path=path):
                answer = http.open(path, method=method)

                assert answer.headers.getlist(NAME) == [VALUE], answer.status

        monkeypatch.setattr(QuietPolls, "_is_known", lambda *_: True)
        quiet = http.get("/code/state", headers={"If-None-Match": '"known"'})
        assert quiet.status_code == 304 and quiet.headers.getlist(NAME) == [VALUE]


def test_every_address_that_can_be_opened_says_so(database_url: str, tmp_path: Path) -> None:
    with production_app(database_url, tmp_path) as app:
        paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
        http = app.test_client()

        silent = [path for path in paths if http.get(path).headers.get(NAME) != VALUE]

    assert len(paths) > 50 and silent == []


def test_the_demo_on_plain_http_binds_no_browser_to_https(app: Flask) -> None:
    assert NAME not in app.test_client().get("/healthz").headers
