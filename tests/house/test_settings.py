"""Settings say what they are, docs/settings.md says it to everybody, and what is no setting says why."""

import re
from pathlib import Path

import pytest

from app.config.document import settings_document
from app.config.fixed import find_constants, find_fixed
from app.config.settings import ALL, Settings
from app.config.values import GROUPS
from app.messages.service import SENDERS
from app.proofs.providers import BUILTIN
from app.roster.providers.registry import BUILT_IN

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
HAN = re.compile(r"[\u3007\u3400-\u9fff]")


def test_the_document_is_what_the_settings_say() -> None:
    assert (ROOT / "docs/settings.md").read_text() == settings_document(APP), "run `make settings`"


def test_every_setting_stands_in_one_group() -> None:
    assert sorted(ALL) == sorted(name.upper() for cls, _, _ in GROUPS for name in cls.__annotations__)
    assert all(issubclass(Settings, cls) for cls, _, _ in GROUPS)


def test_every_setting_means_one_sentence_in_both_languages(subtests: pytest.Subtests) -> None:
    for name, (one, setting) in ALL.items():
        with subtests.test(name=name):
            assert setting.en.endswith(".") and not HAN.search(setting.en)
            assert setting.zh.endswith("。") and HAN.search(setting.zh)
            assert one.type not in (int, float) or (setting.low is not None and setting.takes(one.default))
            assert bool(setting.zero) is bool(setting.zero_zh) and bool(HAN.search(setting.zero_zh)) is bool(setting.zero)
            assert setting.low != 0 or setting.zero, "what does 0 mean?"


def test_every_setting_is_used() -> None:
    judged = [APP / "config" / name for name in ("checks.py", "secret_settings.py", "values.py")]
    others = [path for path in APP.rglob("*") if path.suffix in (".py", ".html") and path.parent != APP / "config"]
    code = "\n".join(path.read_text() for path in (*judged, *others, ROOT / "gunicorn.conf.py"))

    assert [name for name in ALL if not re.search(rf"\.{name.lower()}\b", code)] == []


def test_the_plug_ins_named_in_the_settings_are_those_the_features_bring() -> None:
    for name, brought in (("FACE_CHECK", BUILTIN), ("ROSTER_SOURCE", BUILT_IN), ("SMS_SENDER", SENDERS)):
        assert set(ALL[name][1].own) == set(brought), name


def test_a_limit_or_period_in_the_code_is_a_setting_or_says_why_not() -> None:
    silent = [f"app/{one.where}:{one.line} {one.name}" for one in find_constants(APP) if one.is_policy and not one.is_marked]

    assert silent == [], "make it a setting (app/config), or write `# fixed: why` beside it"


def test_any_other_number_has_a_name_or_a_comment_that_explains_it() -> None:
    silent = [f"app/{one.where}:{one.line} {one.name}" for one in find_constants(APP) if not (one.why or one.is_technical)]

    assert silent == []


def test_the_search_for_constants_finds_them(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "from datetime import time, timedelta\n"
        "PAGE = 50\n"
        "LASTS = timedelta(days=2)\n"
        "WAIT_SECONDS = 3  # fixed: for 谁\n"
        "# fixed: two\n# lines\nMOST, LEAST = 5 * 2, -1\n"
        "OPENS: time = time(9)\n"
        "NAME = 'x'\n"
        "IS_ON = True\n"
        "def inner():\n    DAYS = 3\n"
    )

    found = {one.name: one for one in find_constants(tmp_path)}

    assert sorted(found) == ["LASTS", "LEAST", "MOST", "OPENS", "PAGE", "WAIT_SECONDS"]
    assert [name for name, one in found.items() if one.is_policy] == ["LASTS", "WAIT_SECONDS", "MOST", "OPENS"]
    assert (found["WAIT_SECONDS"].why, found["MOST"].why, found["PAGE"].why) == ("for 谁", "two lines", "")
    assert {one.name for one in find_fixed(tmp_path)} == {"WAIT_SECONDS", "MOST", "LEAST"}
