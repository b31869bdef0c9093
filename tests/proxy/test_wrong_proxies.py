"""A proxy that hands on the wrong headers is named: once in the log, and by `flask doctor` until it is mended."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.proxy.house import House
from tests.proxy.visitor import Visitor, is_stale

Visit = Callable[..., Visitor]
# As the documents once had it: two headers, and nginx's own idea of Host.
SITE = """
server {
    listen LISTEN ssl;
    server_name localhost;
    ssl_certificate CERTIFICATE;
    ssl_certificate_key KEY;
    location / {
        HEADERS
        proxy_pass http://UPSTREAM;
    }
}
"""
FOR = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
PROTO = "proxy_set_header X-Forwarded-Proto $scheme;"
HOST = "proxy_set_header Host $http_host;"


@pytest.fixture(autouse=True)
def _as_nobody_has_asked_yet(house: House) -> None:
    house.forget()


def site(*headers: str) -> str:
    return SITE.replace("HEADERS", " ".join(headers))


def lines_of_log(house: House) -> list[dict[str, Any]]:
    """Since the server was started last."""
    latest = house.server.log_text().rpartition("Starting gunicorn")[2]
    return [json.loads(line) for line in latest.splitlines() if "proxy_headers_wrong" in line]


def ask_for_code(visitor: Visitor) -> Any:
    visitor.get("/sign-in")
    return visitor.post("/sign-in", {"phone": "13900001111", "step": "code"})


def test_a_proxy_with_its_own_idea_of_the_host_is_named_until_it_is_mended(house: House, visit: Visit) -> None:
    with house.behind(site(FOR)) as address:
        refused = [visit(address).get("/sign-in") for _time in range(2)]
    told = house.server.flask("doctor")
    mended = ask_for_code(visit())
    after = house.server.flask("doctor")

    assert [answer.status_code for answer in refused] == [400, 400]
    assert f"请从 {house.base_url} 重新进入" in refused[0].text
    assert told.returncode == 1 and "set Host to $http_host" in told.stdout
    assert [line["fault"] for line in lines_of_log(house)].count("host") == 1
    assert not is_stale(mended) and "Host" not in after.stdout


def test_a_proxy_that_does_not_say_who_calls_is_named(house: House, visit: Visit) -> None:
    with house.behind(site(PROTO, HOST)) as address:
        visit(address).get("/sign-in")

    told = house.server.flask("doctor").stdout
    assert "TRUSTED_PROXIES is 1" in told and "0 in X-Forwarded-For" in told
    assert [line["fault"] for line in lines_of_log(house)].count("hops") == 1
