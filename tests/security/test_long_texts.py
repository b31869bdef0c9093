"""One character may become eighteen when it is evened out: work is never larger than what was sent is worth."""

import time
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.phone import InvalidPhone, parse_mobile
from app.core.forms import Form
from app.core.text import LONGEST_LINE, code_of, compact, half_width
from app.credentials.code_format import Malformed, parse_code
from app.credentials.display_pin import InvalidPin, parse_pin
from app.help.help_code import reason_number
from app.proofs.service import clean_counter_code
from app.regions.phone_number import NoPhoneNumber, parse_phone
from app.roster.identity import InvalidCert, ending_of, parse_cert
from app.roster.names import InvalidName, clean_name, folded_name
from tests.kit.client import Browser

GROWS = "\ufdfa" * 90_000  # 270 KB as it is sent; 1.6 million characters in NFKC

READERS: list[tuple[Callable[[str], object], type[Exception] | None]] = [
    (parse_mobile, InvalidPhone),
    (lambda text: parse_cert("01", text), InvalidCert),
    (lambda text: parse_cert("99", text), InvalidCert),
    (clean_name, InvalidName),
    (folded_name, None),
    (parse_pin, InvalidPin),
    (parse_code, Malformed),
    (parse_phone, NoPhoneNumber),
    (lambda text: code_of(text, 6), None),
    (clean_counter_code, None),
    (reason_number, None),
    (ending_of, None),
    (compact, None),
    (half_width, None),
]


@pytest.mark.parametrize("reader", range(len(READERS)))
def test_a_text_that_grows_costs_no_reader_more_than_its_length(reader: int) -> None:
    read, refuses = READERS[reader]
    for text in (GROWS, "1" + GROWS, " \u3164" * 45_000 + GROWS, "ﷺ." * 45_000):
        began = time.process_time()

        if refuses is None:
            read(text)
        else:
            with pytest.raises(refuses):
                read(text)

        assert time.process_time() - began < 0.4  # a slow machine's; evening out alone took more than a second


@pytest.mark.one_database
def test_a_field_says_that_it_was_too_long_and_gives_back_no_flood(browser: Browser) -> None:
    flood = GROWS[:40_000]
    for fields, place in (
        ({"phone": flood, "step": "code"}, "phone"),
        ({"phone": "1" * 5000, "code": flood, "step": "sign-in"}, "code"),
    ):
        browser.get("/sign-in")

        page = browser.post("/sign-in", fields, expect=422)

        assert len(page.html) < 50_000, place


def test_every_form_looks_at_the_length_first(app: Flask) -> None:
    def kinds(form: type) -> set[type]:
        return {form} | {kind for child in form.__subclasses__() for kind in kinds(child)}

    from_library = {kind for kind in kinds(Form.__mro__[1]) if kind.__module__.startswith("app.") and not issubclass(kind, Form)}

    assert not from_library
    assert LONGEST_LINE == 1000
