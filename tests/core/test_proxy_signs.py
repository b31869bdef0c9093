"""What a request shows about the proxy, and what is made of it."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app.core.origin import FOREIGN
from app.core.proxy import findings
from app.core.proxy.signs import Fault, Signs, read_signs
from app.core.proxy.watch import MANY_BROWSERS, QUIET_SECONDS, WRITE_SECONDS, Watch

SITE = "ybm.example.cn"
PHONE = {"HTTP_USER_AGENT": "Phone", "HTTP_COOKIE": "__Host-pz=1"}
FORM = {**PHONE, "REQUEST_METHOD": "POST", "HTTP_ORIGIN": f"https://{SITE}", "HTTP_REFERER": f"https://{SITE}/sign-in"}
# As the view sees a request that came through a proxy that does what it must.
RIGHT = {
    "REQUEST_METHOD": "GET",
    "REMOTE_ADDR": "203.0.113.7",
    "HTTP_HOST": SITE,
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "wsgi.url_scheme": "https",
}
WRONG_HOST = {**PHONE, FOREIGN: "127.0.0.1:8000"}


def request(**changes: Any) -> dict[str, Any]:
    """With a change to None, the header is missing."""
    return {name: value for name, value in {**RIGHT, **changes}.items() if value is not None}


SEEN: tuple[tuple[dict[str, Any], int, list[Fault]], ...] = (
    ({}, 1, []),
    (FORM, 1, []),
    ({**FORM, "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.7"}, 1, []),  # a client may have written the first
    (WRONG_HOST, 1, [Fault.host]),
    ({**PHONE, FOREIGN: "pingzheng"}, 1, [Fault.host]),
    ({**FORM, FOREIGN: "inner.example.cn"}, 1, [Fault.host]),
    ({**PHONE, FOREIGN: "203.0.113.1"}, 1, []),  # whoever looks for servers by their address
    ({**FORM, FOREIGN: "evil.example", "HTTP_ORIGIN": "https://evil.example"}, 1, []),  # somebody else's page
    ({**PHONE, FOREIGN: "evil.example", "HTTP_ORIGIN": "null"}, 1, []),
    ({**PHONE, "HTTP_X_FORWARDED_PROTO": None}, 1, []),  # the scheme is PUBLIC_ORIGIN's
    ({**PHONE, "HTTP_X_FORWARDED_FOR": None}, 1, [Fault.hops]),
    (PHONE, 2, [Fault.hops]),
    ({**PHONE, "HTTP_X_FORWARDED_FOR": "203.0.113.7, 10.0.0.5"}, 2, []),
    ({**PHONE, "REMOTE_ADDR": "127.0.0.1"}, 0, [Fault.untrusted]),
    ({**PHONE, "REMOTE_ADDR": "114.114.114.114"}, 0, []),  # no proxy of the house: a stranger wrote it
)


def test_only_what_is_certain_is_a_fault(subtests: pytest.Subtests) -> None:
    for changes, trusted, faults in SEEN:
        with subtests.test(changes=changes, trusted=trusted):
            assert list(read_signs(request(**changes), trusted).faults) == faults


def test_the_machines_own_checks_say_nothing(tmp_path: Path) -> None:
    straight = request(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=None, HTTP_X_FORWARDED_PROTO=None, HTTP_USER_AGENT="curl")
    straight["wsgi.url_scheme"] = "http"

    signs = read_signs(straight, 1)

    assert signs == Signs({}, frozenset(), "", "curl")


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch(app: Flask) -> tuple[Watch, Time]:
    time = Time()
    return Watch(Path(app.instance_path), 1, time), time


def see(watch: Watch, changes: dict[str, Any]) -> None:
    watch.take(read_signs(request(**changes), watch.trusted))


def trust(app: Flask, proxies: int) -> None:
    object.__setattr__(app.config["SETTINGS"], "trusted_proxies", proxies)


def test_a_fault_is_logged_once_and_told_until_a_right_request(app: Flask, watch: tuple[Watch, Time]) -> None:
    watching, _time = watch
    trust(app, 1)

    with capture_logs() as logged:
        for _again in range(3):
            see(watching, WRONG_HOST)

    assert [line["fault"] for line in logged] == ["host"]
    (told,) = findings.problems()
    assert "127.0.0.1:8000" in told and "$http_host" in told
    see(watching, FORM)
    assert findings.problems() == []


def test_a_stranger_cannot_make_up_a_wrong_host_once_a_form_was_right(app: Flask, watch: tuple[Watch, Time]) -> None:
    watching, time = watch
    trust(app, 1)
    see(watching, FORM)

    see(watching, WRONG_HOST)
    assert findings.problems() == []

    time.now += QUIET_SECONDS
    see(watching, WRONG_HOST)
    assert len(findings.problems()) == 1


def test_a_stranger_cannot_hide_missing_addresses_by_writing_some(app: Flask) -> None:
    watching, trusted_two = Watch(Path(app.instance_path), 2), {**PHONE, "HTTP_X_FORWARDED_PROTO": "https, https"}
    trust(app, 2)
    see(watching, trusted_two)

    see(watching, {**trusted_two, "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.7"})

    (told,) = findings.problems()
    assert "TRUSTED_PROXIES is 2" in told and "1 in X-Forwarded-For" in told


def test_what_another_number_of_proxies_has_mended_is_told_no_more(app: Flask, watch: tuple[Watch, Time]) -> None:
    trust(app, 1)
    see(watch[0], {**PHONE, "HTTP_X_FORWARDED_FOR": None})
    assert len(findings.problems()) == 1

    trust(app, 0)

    assert findings.problems() == []


def test_a_mended_proxy_is_believed_after_a_minute(app: Flask, watch: tuple[Watch, Time]) -> None:
    watching, time = watch
    trust(app, 1)
    see(watching, {**PHONE, "HTTP_X_FORWARDED_FOR": None})

    see(watching, PHONE)
    assert len(findings.problems()) == 1
    time.now += WRITE_SECONDS
    see(watching, PHONE)

    assert findings.problems() == []


def test_a_city_that_comes_from_one_machine_is_for_a_person_to_judge(app: Flask, watch: tuple[Watch, Time]) -> None:
    watching, _time = watch
    trust(app, 1)
    for number in range(MANY_BROWSERS):
        assert findings.notes() == []
        see(watching, {"REMOTE_ADDR": "10.0.0.5", "HTTP_USER_AGENT": f"Phone {number}"})

    (told,) = findings.notes()
    assert "10.0.0.5" in told and findings.problems() == []

    see(watching, {"REMOTE_ADDR": "10.0.0.6", "HTTP_USER_AGENT": "Phone"})
    assert findings.notes() == []
