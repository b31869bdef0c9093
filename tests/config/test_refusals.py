"""A start refuses what is absurd, in one sentence that names the variable and the mend."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app
from app.config import SettingsError, load_settings
from app.config.relations import RELATIONS
from app.config.settings import ALL
from tests.core.test_settings import PRODUCTION
from tests.kit.settings import SECRETS, demo_environ

# variable and value, and what the mend has to say
ABSURD = (
    ("PIN_GUESSES", "1000000", "3 to 10 guesses"),
    ("PIN_GUESSES", "0", "3 to 10 guesses"),
    ("SMS_GUESSES", "-3", "3 to 5 guesses"),
    ("CODE_PAST_SECONDS", "864000", "30 to 60 seconds"),
    ("CODE_PERIOD_SECONDS", "0", "15 to 60 seconds"),
    ("FAMILY_MEMBERS_PER_HOLDER", "-1", "1 to 20 members"),
    ("FAMILY_OWN_FROM", "3", "16 to 18 years"),
    ("SEPARATION", "smal", "full or small"),
    ("CODE_DIGEST", "md5", "sha256 or sm3"),
    ("REVIEW_HOURS", "nine", "like 09:00-12:00"),
    ("FACE_CHECK", "alipay", "set it to one of http, stub, or install the package"),
    ("ROSTER_SOURCE", "nothing", "set it to one of file, http, or install the package"),
    ("SMS_SENDER", "nobody", "set it to one of console, http, or install the package"),
    ("SMS_URL", "http://plain", "https"),
    ("DOCUMENT_KEEP_DAYS", "-5", "1 to 1095 days"),
    ("TRUSTED_PROXIES", "-1", "0 to 8 proxies"),
    ("SMS_GUESES", "5", "did you mean SMS_GUESSES?"),
    ("PORT", "99999", "1 to 65535"),
    ("RATELIMIT_STORAGE_URL", "redis//cache:6379", "redis://host:6379"),
    ("DATABASE_URL", "mysql://me:hidden@host/name", "postgresql://"),
    ("JOB_RUNNER", "nobody", "auto or inside or own or immediate"),
    ("RISK_FIRST_USE", "maybe", "1 or 0"),
    ("HANDLE_DAYS", "nan", "0.25 to 7 days"),
    ("STAFF_LOCK_MINUTES", "1", "15 to 1440 minutes"),
    ("ACTIVATION_TARGET_ON", "soon", "like 2026-12-31"),
    ("FAMILY_CALL_HOURS", "14:00-09:00", "like 09:00-12:00"),
    ("DOCUMENTS_URL", "ftp://host/papers", "s3://bucket/folder"),
    ("PUBLIC_ORIGIN", "https://a b", "like https://"),
    ("HOST", "every where", "127.0.0.1"),
    ("BUREAU_NAME", "局" * 61, "60 characters"),
    ("METRICS_TOKEN", "short", "24 characters"),
)


def production(folder: Path, **changes: str) -> dict[str, str]:
    return {**PRODUCTION, "INSTANCE_PATH": str(folder), **changes}


def refusal(environ: dict[str, str]) -> list[str]:
    """The sentences a start says; none when it goes on."""
    try:
        create_app(load_settings(environ))
    except SettingsError as error:
        return str(error).splitlines()
    return []


def test_each_absurd_setting_is_refused_in_one_sentence(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for name, value, mend in ABSURD:
        with subtests.test(name=name, value=value):
            said = refusal(production(tmp_path, **{name: value}))

            assert len(said) == 1, said
            assert said[0].startswith((name + " ", name + "=")) and mend in said[0] and said[0].endswith((".", "away."))


def test_all_of_them_are_said_at_once(tmp_path: Path) -> None:
    said = refusal(production(tmp_path, **{name: value for name, value, _ in ABSURD}))

    assert {re.split("[ =]", line)[0] for line in said} >= {name for name, _, _ in ABSURD}


def test_a_real_start_ends_with_the_sentence(subtests: pytest.Subtests, tmp_path: Path) -> None:
    starts = (
        ([sys.executable, "-m", "gunicorn", "wsgi:app"], {"PIN_GUESSES": "1000000", "PORT": "0"}),
        ([sys.executable, "-m", "flask", "run"], {"SEPARATION": "smal"}),
        ([sys.executable, "-m", "flask", "jobs", "run"], {"DOCUMENT_KEEP_DAYS": "-5"}),
        ([sys.executable, "-c", "from app import create_app; create_app()"], {"SMS_GUESES": "3"}),
    )
    for command, change in starts:
        with subtests.test(command=command[2:]):
            environ = {"PATH": os.environ["PATH"], **production(tmp_path, **change)}

            ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)

            assert ended.returncode != 0
            assert next(iter(change)) in ended.stderr and "Traceback" not in ended.stderr


def test_each_number_is_refused_or_says_why_it_is_taken(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for name, (one, setting) in ALL.items():
        for value in (-1, 0, 10**9):
            if one.type not in (int, float):
                continue
            with subtests.test(name=name, value=value):
                said = load_settings(production(tmp_path, **{name: str(value)})).problems()

                is_named = any(line.startswith(f"{name}=") for line in said)
                assert is_named or (value == 0 and setting.zero and setting.zero_zh)


def test_each_written_text_is_refused_when_it_is_nonsense(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for name, (_, setting) in ALL.items():
        if setting.grammar:
            with subtests.test(name=name):
                said = load_settings(production(tmp_path, **{name: "no such\tthing " * 9})).problems()

                assert any(line.startswith((f"{name}=", f"{name} ")) and setting.grammar.mend in line for line in said)


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    said = refusal(production(tmp_path, DATABASE_URL="mysql://me:hidden@host/name", METRICS_TOKEN="also-hidden"))

    assert "hidden" not in "".join(said)


def test_settings_that_contradict_each_other_are_refused(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for relation in RELATIONS:
        with subtests.test(first=relation.first, second=relation.second):
            first, second = ALL[relation.first.upper()][1].high, ALL[relation.second.upper()][1].low
            changes = {relation.first.upper(): f"{first:.15g}", relation.second.upper(): f"{second:.15g}"}

            said = load_settings(production(tmp_path, **changes)).problems()

            assert any(f"{relation.first.upper()}=" in line and relation.otherwise in line for line in said), said


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"RISK_FIRST_USE": "1"}, "CHALLENGE_MIN_RULES"),
        ({"RISK_FIRST_USE": "1", "RISK_NEW_DEVICE_HOURS": "24"}, None),
        ({"ACTIVATION_TARGET_ON": "2026-12-31"}, "ACTIVATION_TARGET"),
        ({"ACTIVATION_TARGET_ON": "2026-12-31", "ACTIVATION_TARGET": "800"}, None),
    ],
)
def test_what_makes_no_sense_without_another_is_refused(tmp_path: Path, changes: dict[str, str], named: str | None) -> None:
    said = load_settings(production(tmp_path, **changes)).problems()

    assert [line for line in said if named is None or named not in line] == []
    assert bool(said) is bool(named)


def test_tests_may_lift_the_bounds_in_the_demo_alone(tmp_path: Path) -> None:
    wide = {"TEST_WIDE_BOUNDS": "1", "OFFLINE_USES": "1000000"}

    assert load_settings({**demo_environ("sqlite://", tmp_path), **wide}).problems() == []
    assert any(line.startswith("TEST_WIDE_BOUNDS") for line in refusal(production(tmp_path, **wide)))


def test_a_plug_in_of_an_installed_package_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "county_face-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: county-face\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pingzheng.face_checks]\ncounty = county_face:Check\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert load_settings(production(tmp_path, FACE_CHECK="county")).problems() == []
    assert "one of county, http, stub" in "".join(refusal(production(tmp_path, FACE_CHECK="city")))


def test_an_unreadable_value_is_said_with_all_the_rest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({**SECRETS, "INSTANCE_PATH": str(tmp_path), "PORT": "eighty", "PIN_GUESSES": "99"})

    assert {"PORT='eighty'", "PIN_GUESSES=99"} <= {line.split(" ")[0] for line in str(refused.value).splitlines()}
