"""Rights, roles that exclude each other, passwords, regions."""

import subprocess
import sys
import time

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError, NotFound
from app.regions.queries import get_agency
from app.regions.service import load_regions
from app.sign_in.password_rules import guesses_for, weakness
from app.staff.models import Role
from app.staff.queries import find_staff, regions_of
from app.staff.rights import RIGHTS, Right, clash
from app.staff.service import add_staff, change_roles
from tests.kit.staff import make_staff


def test_every_role_and_every_right_is_in_the_table() -> None:
    assert set(RIGHTS) == set(Role)
    assert {right for rights in RIGHTS.values() for right in rights} == set(Right)


def test_the_three_administrators_exclude_each_other(subtests: pytest.Subtests) -> None:
    for roles, separation, may_be in (
        ({Role.reviewer, Role.agent, Role.counter}, "full", True),
        ({Role.sysadmin, Role.secadmin}, "full", False),
        ({Role.sysadmin, Role.secadmin}, "small", True),
        ({Role.sysadmin, Role.secadmin, Role.auditadmin}, "small", False),
        ({Role.sysadmin, Role.auditadmin}, "small", False),
        ({Role.secadmin, Role.auditadmin}, "full", False),
        ({Role.auditadmin, Role.reviewer}, "full", False),
        ({Role.secadmin, Role.agent}, "full", True),
    ):
        with subtests.test(roles=roles, separation=separation, may_be=may_be):
            assert (clash(frozenset(roles), separation) == frozenset()) is may_be


def test_a_clash_is_refused_when_joining_and_when_changing(app: Flask) -> None:
    load_regions()
    with pytest.raises(DomainError, match="roles_clash"):
        add_staff("wang.li", "王丽", agency="deyang", roles=[Role.sysadmin, Role.secadmin], by="system")
    member = make_staff(roles=[Role.sysadmin])

    with pytest.raises(DomainError, match="roles_clash"):
        change_roles(member, [Role.sysadmin, Role.auditadmin], by="system")

    found = find_staff("reviewer")
    assert found is not None and found.roles == {Role.sysadmin}


def test_nobody_changes_their_own_roles(app: Flask) -> None:
    member = make_staff(roles=[Role.secadmin])

    with pytest.raises(DomainError, match="roles_own"):
        change_roles(member, [Role.secadmin, Role.reviewer], by=member.actor)


def test_names_are_taken_once_and_agencies_must_exist(app: Flask) -> None:
    make_staff()

    with pytest.raises(DomainError, match="username_taken"):
        add_staff("Reviewer", "另一位", agency="deyang", roles=[Role.agent], by="system")
    with pytest.raises(DomainError, match="username_invalid"):
        add_staff("审核", "另一位", agency="deyang", roles=[Role.agent], by="system")
    with pytest.raises(NotFound):
        add_staff("other", "另一位", agency="no-such", roles=[Role.agent], by="system")


def test_an_agency_answers_for_its_own_region(subtests: pytest.Subtests, app: Flask) -> None:
    load_regions()

    for agency, regions in (
        ("jingyang", {"510603"}),
        ("deyang", {"510699", "510603", "510604", "510681", "510682", "510683", "510623"}),
        ("deyang-jingkai", {"510699"}),
    ):
        with subtests.test(agency=agency, regions=regions):
            assert regions_of(get_agency(agency)) == regions


WEAK = [
    "password1234",
    "P@ssw0rd!!2026",
    "123456789012",
    "qwertyuiop[]",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "woaini1314520",
    "yibaoju123456",
    "Administrator1!",
    "asdfghjklzxcv",
    "zaq12wsxcde3",
    "Summer2026!!",
    "Admin@123456789",
    "monkeydragon12",
    "hunter2hunter3",
    "iloveyou1314520",
    "aaaabbbbcccc",
    "1qaz2wsx3edc4rfv",
    "Chengdu2026!!",
    "Deyang2026#yb",
    "yibaoju@2026!!",
    "zhangsan19900307",
    "Dragon1990!!!!",
    "!!!!1234qwer!!!!",
]


def test_a_password_people_guess_is_refused(subtests: pytest.Subtests, app: Flask) -> None:
    for password in WEAK:
        with subtests.test(password=password), app.test_request_context():
            assert weakness(password, "reviewer")


def test_a_password_of_ones_own_is_accepted(subtests: pytest.Subtests, app: Flask) -> None:
    for password in ("seven quiet herons 9", "梧桐树下有一只三花猫呀呀", "x9#Lq2!vTz7w", "correct stapled horses"):
        with subtests.test(password=password), app.test_request_context():
            assert weakness(password, "reviewer") is None


def test_the_parts_of_ones_own_name_make_no_password(app: Flask) -> None:
    with app.test_request_context():
        assert weakness("Xianghua20261990", "luo.xianghua")
        assert weakness("Xianghua20261990", "reviewer") is None, "they are what makes it weak"


def test_the_longest_password_is_judged_quickly(app: Flask) -> None:
    begun = time.process_time()

    assert guesses_for(("1234567890qwertyuiop" * 7)[:128]) > 0
    assert time.process_time() - begun < 2


def test_the_lists_are_read_only_when_somebody_chooses_a_password() -> None:
    asked = "import sys, app, app.staff.routes, app.institutions.routes; print('zxcvbn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "False\n"


@given(st.text(max_size=11))
def test_nothing_short_is_accepted(password: str) -> None:
    assert weakness(password, "reviewer")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["staff", *arguments])


def test_an_operator_adds_lists_and_disables(app: Flask) -> None:
    load_regions()

    added = run(app, "add", "wang.li", "--name", "王丽", "--agency", "guanghan", "--role", "reviewer", "--role", "agent")
    assert added.exit_code == 0 and "one-time password:" in added.output
    assert "wang.li  guanghan  agent,reviewer  not signed in yet" in run(app, "list").output
    assert run(app, "roles", "wang.li", "--role", "counter").exit_code == 0
    assert run(app, "agency", "wang.li", "deyang").exit_code == 0
    assert run(app, "disable", "wang.li").exit_code == 0

    assert "wang.li  deyang  counter  disabled" in run(app, "list").output
    assert "one-time password:" in run(app, "reset", "wang.li").output


def test_an_operators_mistake_ends_in_a_sentence(app: Flask) -> None:
    load_regions()
    options = ("--name", "王丽", "--role", "sysadmin", "--role", "auditadmin")

    clash_ = run(app, "add", "wang.li", "--agency", "deyang", *options)
    nowhere = run(app, "add", "wang.li", "--agency", "nowhere", "--name", "王丽", "--role", "agent")
    nobody = run(app, "disable", "nobody")

    assert (clash_.exit_code, nowhere.exit_code, nobody.exit_code) == (1, 1, 1)
    assert "roles_clash" in clash_.output and "nowhere" in nowhere.output and "nobody" in nobody.output
