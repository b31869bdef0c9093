"""The same list through the doors: pages, the desk's searches, a roster's import, the command line, the institutions' API."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.service import load_notices
from app.core import clock
from app.roster.identity import check_digit, is_same_name
from app.roster.queries import find_person
from app.staff.models import Role
from tests.activation.story import arrive, enrol, say_who
from tests.kit.client import Browser
from tests.kit.people import PIN, make_person
from tests.kit.roster import HEADER, Importing
from tests.kit.sign_in import ask_for_code
from tests.kit.staff import staff_browser
from tests.kit.visitors import activated_browser
from tests.texts.typed import Typed, cases

pytestmark = pytest.mark.one_database


def names() -> list[Typed]:
    return cases("name")


def test_a_number_pasted_at_the_sign_in_gets_its_code(browser: Browser, subtests: pytest.Subtests) -> None:
    for case in cases("phone"):
        with subtests.test(about=case.about):
            clock.move(timedelta(hours=2))
            browser.get("/sign-in")

            page = browser.post("/sign-in", {"phone": case.typed, "step": "code"}, expect=200 if case.named is None else 422)

            if case.named is None:
                assert page.one("input", id="phone").attrs["value"] == case.right
            else:
                assert case.named in page.text


def test_a_code_pasted_or_filled_in_twice_signs_in(app: Flask, subtests: pytest.Subtests) -> None:
    for number, form in enumerate(("{0}{0}", "{0} {0}", "\u202d{0}\u202c", "\u2066{0}", "{0}\ufeff")):
        with subtests.test(form=form):
            browser = Browser(app)
            phone = f"1380000010{number}"
            code = ask_for_code(browser, phone, next_path="/me")

            page = browser.post("/sign-in?next=/me", {"phone": phone, "code": form.format(code), "step": "sign-in"})

            assert page.response.request.path == "/me"


def test_a_pasted_pin_opens_the_code(app: Flask, subtests: pytest.Subtests) -> None:
    browser = activated_browser(app)
    for form in ("\u2066{0}\u2069{1}", "{0}\u00ad{1}", "\u200f{0}{1}\u061c", "{0} {1}"):
        with subtests.test(form=form):
            clock.move(timedelta(minutes=30))
            assert not browser.get("/code").all("svg", role="img")

            page = browser.post("/code/unlocking", {"pin": form.format(PIN[:2], PIN[2:])})

            assert page.one("svg", role="img").attrs["data-code"]


def test_a_person_activates_with_the_number_as_it_was_pasted(app: Flask, subtests: pytest.Subtests) -> None:
    load_notices()
    enrol("51060019580101007X", "JOHN SMITHSON")
    browser = arrive(app)
    for case in cases("cert"):
        with subtests.test(about=case.about):
            browser.get("/activation/person")

            page = say_who(browser, name="John  Smithson", cert_no=case.typed, region="", expect=200 if case.named is None else 422)

            assert page.response.request.path == ("/activation/consent" if case.named is None else "/activation/person")
            assert case.named is None or case.named in page.text


def test_staff_find_a_person_however_the_name_is_written(app: Flask, subtests: pytest.Subtests) -> None:
    doors = []
    for role, opened, where, by in (
        (Role.agent, "/bureau/calls", "/bureau/calls/searches", "by"),
        (Role.counter, "/bureau/counter", "/bureau/counter/searches", "by"),
        (Role.sysadmin, "/bureau/roster/persons", "/bureau/roster/searches", "way"),
    ):
        member = staff_browser(app, [role], username=role.value)
        doors.append((member, {"csrf_token": member.get(opened).hidden()["csrf_token"], by: "name", "tail": "0017"}, where))
    both_ways = [(case.typed, case.right) for case in names()] + [(case.right, case.typed) for case in names()]
    for number, (stored, typed) in enumerate(both_ways):
        make_person(name=stored)
        member, fields, where = doors[number % len(doors)]  # each door has one look-up, the same; see test_readers.py
        with subtests.test(stored=stored, typed=typed, where=where):
            page = member.post(where, {**fields, "name": typed})

            assert "5106**********0017" in page.text or "参保人 1" in page.text


def test_a_roster_holds_the_names_and_numbers_that_files_hold(app: Flask, load: Importing, subtests: pytest.Subtests) -> None:
    for case in cases("cert"):
        with subtests.test(about=case.about):
            quoted = case.typed.replace('"', '""')

            result = load(f'{HEADER}01,"{quoted}",王㛃,510603,310,1\n')

            assert result.refused == (0 if case.named is None else 1)
            if case.named is None:
                assert find_person("01", case.right) is not None
            else:
                assert case.named in load.refusals[0].why
    numbers = [f"51060019900307{100 + place}" for place in range(len(names()))]
    people = [f'01,{body}{check_digit(body)},"{case.typed}",510603,310,1' for body, case in zip(numbers, names(), strict=True)]

    assert load(HEADER + "\n".join(people) + "\n").created == len(people)

    for body, case in zip(numbers, names(), strict=True):
        person = find_person("01", body + check_digit(body))
        assert person is not None and is_same_name(person.name, case.right), case.about
        assert not set(person.name) & set("\u3164\uffa0\u115f\u1160\ufe00\U000e0100")


def test_the_command_line_takes_what_was_pasted(app: Flask, subtests: pytest.Subtests) -> None:
    make_person("51060019580101007X")
    for case in cases("cert"):
        with subtests.test(about=case.about):
            ended = app.test_cli_runner().invoke(args=["proofs", "issue-counter-code", "--cert-no", case.typed])

            if case.named is None:
                assert ended.exit_code == 0 and len(ended.output.strip()) == 8
            else:
                assert ended.exit_code != 0 and case.named in ended.output


def test_the_counter_reads_a_pasted_number(app: Flask, subtests: pytest.Subtests) -> None:
    make_person("51060019580101007X")
    clerk = staff_browser(app, [Role.counter], username="clerk")
    for case in cases("cert"):
        with subtests.test(about=case.about):
            nonce = clerk.get("/bureau/counter").hidden()["nonce"]

            page = clerk.post(
                "/bureau/counter/entries", {"entry": case.typed, "nonce": nonce}, expect=200 if case.named is None else 422
            )

            assert ("5106**********007X" in page.text) if case.named is None else (case.named in page.text)


@pytest.fixture
def load(app: Flask, tmp_path: Path) -> Importing:
    return Importing(app, tmp_path)
