"""Every reader of numbers, codes and names against the list of what people type and paste."""

import json
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.phone import parse_mobile
from app.core.text import code_of, compact, digits_of, half_width, is_digits, named, without_ignorable
from app.credentials.code_format import Malformed, make_code, parse_code
from app.credentials.display_pin import parse_pin
from app.help.help_code import reason_number
from app.proofs.service import clean_counter_code
from app.roster.identity import ending_of, parse_cert
from app.roster.names import InvalidName, clean_name, folded_name, is_same_name, stored_fold
from tests.texts.typed import cases

APP = Path(__file__).parents[2] / "app"


def six_digits(typed: str) -> str:
    code = code_of(typed, 6)
    if not is_digits(code, 6):
        raise ValueError("no code")
    return code


READERS: dict[str, Callable[[str], str | None]] = {
    "phone": parse_mobile,
    "cert": lambda typed: parse_cert("01", typed).number,
    "code": six_digits,
    "pin": parse_pin,
    "counter": clean_counter_code,
    "help": reason_number,
    "ending": ending_of,
}


@pytest.mark.parametrize("kind", READERS)
def test_what_is_typed_and_pasted_is_read_or_the_character_is_named(subtests: pytest.Subtests, kind: str) -> None:
    assert cases(kind)
    for case in cases(kind):
        with subtests.test(about=case.about):
            if case.named is None:
                assert READERS[kind](case.typed) == case.right
            else:
                with pytest.raises(ValueError) as refused:
                    READERS[kind](case.typed)
                assert case.named in str(refused.value)


def test_two_ways_to_write_a_name_are_one_name_and_keep_what_can_be_seen(subtests: pytest.Subtests) -> None:
    for case in cases("name"):
        with subtests.test(about=case.about):
            stored, other = clean_name(case.typed), clean_name(case.right)

            assert is_same_name(stored, other)
            assert is_same_name(case.typed, other)
            assert without_ignorable(stored) == stored
            assert not [c for c in stored if unicodedata.category(c) == "Co"]


def test_names_are_stored_as_they_are_given_but_for_what_nobody_sees() -> None:
    assert clean_name("\ufa10本") == "\ufa10本"
    assert clean_name("NGUYE\u0302\u0303N") == "NGUYE\u0302\u0303N"
    assert clean_name("葛\U000e0100明") == "葛明"
    assert clean_name("བསྟན་འཛིན") == "བསྟན་འཛིན"


def test_a_private_character_with_no_one_place_of_its_own_is_named(subtests: pytest.Subtests) -> None:
    for typed, code, said in (
        ("李\ue81c", "unreadable", "U+E81C"),  # GBK's place of a mere radical
        ("李\uf8ff", "unreadable", "U+F8FF"),
        ("独в眏", "scripts", "“в”（U+0432）"),
        ("J\u041eHN SMITH", "scripts", "U+041E"),
        ("李\u0000明", "characters", "U+0000"),
        ("李☆明", "characters", "“☆”（U+2606）"),
    ):
        with subtests.test(typed=typed):
            with pytest.raises(InvalidName) as refused:
                clean_name(typed)

            assert refused.value.code == code
            assert said in refused.value.sentence


def test_names_that_differ_in_what_is_seen_stay_different(subtests: pytest.Subtests) -> None:
    for one, other in (("张三", "张四"), ("NGUYEN", "NGUYỄN"), ("葛明", "葛"), ("李明", "李明明"), ("", ""), ("·", "-")):
        with subtests.test(one=one, other=other):
            assert one == other or not is_same_name(one, other)


@given(st.text(max_size=70))
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = folded_name(text)

    assert folded_name(folded) == folded
    assert stored_fold(folded) is None


@given(st.text(max_size=70))
def test_a_name_is_the_same_as_it_was_typed(text: str) -> None:
    try:
        cleaned = clean_name(text)
    except InvalidName:
        return

    assert is_same_name(cleaned, text)


def test_no_ignorable_character_comes_back_by_normalising() -> None:
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    text = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)

    assert len(ignorable.findall(text)) > 4000
    assert not ignorable.search(half_width(text, longest=None))


def test_a_sentence_shows_only_what_can_be_shown() -> None:
    assert [named(c) for c in "Oв\u202e\ue819\u0301"] == ["“O”", "“в”（U+0432）", "U+202E", "U+E819", "U+0301"]


def test_a_code_is_read_as_its_format_says_and_nothing_more() -> None:
    digits = make_code(bytes(32), "0" * 20, 1795250000)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in digits)

    for typed in (digits, wide, f"\u3000{wide[:30]} \n{digits[30:]}\t" + " " * 5000):
        assert parse_code(typed) == parse_code(digits)
    for typed in (f"\u202d{digits}", digits + "0" * 60_000, "\ufdfa" * 20_000):
        with pytest.raises(Malformed):
            parse_code(typed)


def test_one_place_knows_how_texts_are_evened_out() -> None:
    """Who normalises on their own will not know of the next invisible character."""
    of_their_own = {"core/text.py", "credentials/code_format.py", "roster/names.py"}

    found = {path.relative_to(APP).as_posix() for path in APP.rglob("*.py") if '"NFKC"' in path.read_text(encoding="utf-8")}

    assert found <= of_their_own


def test_the_pages_script_reads_digits_as_the_server_does() -> None:
    typed = [case.typed for kind in ("code", "pin", "counter") for case in cases(kind)] + ["２８ ４６\u300017", "28–46-17"]
    script = (
        f"import {{ digitsOf }} from {json.dumps((APP / 'static/js/code/typed.js').as_uri())};"
        f"console.log(JSON.stringify({json.dumps(typed)}.map(digitsOf)))"
    )

    ended = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60)

    assert json.loads(ended.stdout) == [digits_of(text) for text in typed]
    assert compact("") == ""
