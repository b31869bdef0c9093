"""Every address of the site: named as the house names them, guarded, and none vanishes unnoticed."""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound as WerkzeugNotFound
from werkzeug.routing import Rule

from app import create_app
from app.core import access
from app.core.errors import DomainError
from app.help.models import HelpKind
from app.help.policy import check_place
from tests.kit.settings import make_settings

SNAPSHOT = Path(__file__).parent / "routes.txt"
SEGMENT = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
FILE = re.compile(r"^(sw\.js|manifest\.webmanifest|openapi\.json)$")
VERSIONED = re.compile(r"^v\d+$")
HELP_CODE = re.compile(r"^[Pp]-<\w+>$")


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_settings(database_url="sqlite://", instance_path=tmp_path_factory.mktemp("house")))


def segments(rule: Rule) -> list[str]:
    """The fixed parts of an address."""
    return [s for s in rule.rule.split("/") if s and not s.startswith("<") and not s.startswith("v-<")]


def test_every_view_says_who_may(unserved: Flask) -> None:
    assert [endpoint for endpoint in unserved.view_functions if access.rule_of(unserved, endpoint) is None] == []


def test_few_views_take_what_carries_no_token(unserved: Flask) -> None:
    """Where a page of a stranger may post to: what it could do there is one more count of a fault."""
    tokenless = {endpoint for endpoint, view in unserved.view_functions.items() if hasattr(view, "__takes_no_token__")}

    assert tokenless == {"script_errors.create_script_error"}


def test_addresses_are_kebab_case(unserved: Flask) -> None:
    odd = [
        rule.rule
        for rule in unserved.url_map.iter_rules()
        for part in segments(rule)
        if not (SEGMENT.match(part) or FILE.match(part) or VERSIONED.match(part) or HELP_CODE.match(part))
    ]

    assert odd == []


def test_no_address_asks_a_verb(unserved: Flask) -> None:
    """A state is a resource: POST /me/devices/7/removal, never /remove."""
    verbs = {"add", "remove", "delete", "update", "create", "edit", "approve", "reject", "freeze", "unfreeze", "unlock", "lock"}
    odd = [rule.rule for rule in unserved.url_map.iter_rules() if verbs & set(segments(rule))]

    assert odd == []


def test_no_address_vanishes_unnoticed(unserved: Flask) -> None:
    """tests/house/routes.txt is the list; change it together with the address."""
    now = sorted(
        f"{rule.rule} {' '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))}" for rule in unserved.url_map.iter_rules()
    )

    assert now == SNAPSHOT.read_text().splitlines()


def test_no_text_of_the_bureaus_can_hide_behind_a_page_under_help(unserved: Flask) -> None:
    """Staff write texts at /help/<slug>: the addresses of pages there are no slugs."""
    below = [segments(rule) for rule in unserved.url_map.iter_rules() if rule.rule.startswith("/help/")]
    pages = {parts[1] for parts in below if len(parts) > 1 and SEGMENT.match(parts[1])}

    assert pages
    for page in pages:
        with unserved.test_request_context(), pytest.raises(DomainError):
            check_place(HelpKind.page, page)


def test_a_number_beyond_every_key_is_no_address(unserved: Flask) -> None:
    adapter = unserved.url_map.bind("localhost")

    assert adapter.match("/family/9223372036854775807")[0] == "family.show_member"
    for number in ("9223372036854775808", "9" * 25, "9" * 5000):
        with pytest.raises(WerkzeugNotFound):
            adapter.match(f"/family/{number}")
