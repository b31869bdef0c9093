from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster.identity import (
    CERT_TYPES,
    Cert,
    InvalidCert,
    check_digit,
    full_age,
    kindred_types,
    parse_cert,
    upgrade_fifteen,
)

TODAY = date(2026, 11, 21)


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    """Any valid number on code 510600, which is not issued to people."""
    birthday = draw(st.dates(date(1900, 1, 1), TODAY))
    body = f"510600{birthday:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + check_digit(body)


def refused(cert_type: str, raw: str) -> InvalidCert:
    with pytest.raises(InvalidCert) as caught:
        parse_cert(cert_type, raw, today=TODAY)
    assert caught.value.sentence.endswith("。")
    assert len(raw.strip()) < 5 or raw.strip() not in caught.value.sentence
    return caught.value


def test_published_numbers_are_accepted(subtests: pytest.Subtests) -> None:
    for number in ("440308199901101512", "810000199408230021", "830000199201300022", "51060019580101007X"):
        with subtests.test(number=number):
            assert parse_cert("01", number, today=TODAY).number == number


def test_birthday_and_gender_are_read_from_the_number() -> None:
    assert parse_cert("01", "510600199003070017", today=TODAY) == Cert("01", "510600199003070017", date(1990, 3, 7), "1")
    assert parse_cert("01", "510600199003070025", today=TODAY).gender == "2"


@given(resident_ids())
def test_every_valid_number_is_accepted(number: str) -> None:
    assert parse_cert("01", number, today=TODAY).birthday == date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


@given(resident_ids(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_changed_digit_is_refused(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]
    if changed == number:
        return

    refused("01", changed)


@given(resident_ids(), st.integers(0, 16))
def test_two_swapped_neighbours_are_refused(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped == number:
        return

    refused("01", swapped)


@given(st.text(max_size=40), st.sampled_from(sorted(CERT_TYPES)))
def test_no_text_ever_brings_more_than_a_refusal(text: str, cert_type: str) -> None:
    try:
        parse_cert(cert_type, text, today=TODAY)
    except InvalidCert as refusal:
        assert refusal.sentence


def test_lower_case_full_width_and_blanks_are_evened_out(subtests: pytest.Subtests) -> None:
    for typed in (
        "51060019580101007x",
        " 510600 19580101 007X ",
        "５１０６００１９５８０１０１００７Ｘ",
        "510600-1958-0101-007X".replace("-", "\u3000"),
        "\ufeff51060019580101007ｘ\t",
    ):
        with subtests.test(typed=typed):
            assert parse_cert("01", typed, today=TODAY).number == "51060019580101007X"


def test_each_mistake_gets_its_own_sentence(subtests: pytest.Subtests) -> None:
    for typed, code in (
        ("", "empty"),
        ("   ", "empty"),
        ("510600199003070018", "check_digit"),
        ("510600197002290019", "impossible_date"),
        ("510600199013070017", "impossible_date"),
        ("51060019900307001", "length"),
        ("5106001990030700170", "length"),
        ("610104620927690", "fifteen_digits"),
        ("51060019900307O017", "characters"),
        ("5106001990X3070017", "characters"),
        ("身份证", "characters"),
        ("=cmd|' /C calc'!A0", "characters"),
        ("٥١٠٦٠٠١٩٩٠٠٣٠٧٠٠١٧", "characters"),
    ):
        with subtests.test(typed=typed, code=code):
            assert refused("01", typed).code == code


def test_the_sentences_differ_from_each_other() -> None:
    sentences = {refused("01", typed).sentence for typed in ("510600199003070018", "510600197002290019", "610104620927690", "5106")}

    assert len(sentences) == 4


def test_a_birth_in_the_future_is_refused_and_today_is_not() -> None:
    born_today, born_tomorrow = "51060020261121001", "51060020261122001"

    assert parse_cert("01", born_today + check_digit(born_today), today=TODAY).birthday == TODAY
    assert refused("01", born_tomorrow + check_digit(born_tomorrow)).code == "future_birth"


def test_who_would_be_older_than_the_limit_is_refused() -> None:
    body = "51060018751121001"

    assert refused("01", body + check_digit(body)).code == "too_old"
    assert parse_cert("01", body + check_digit(body), today=TODAY, max_age_years=151).number


def test_an_abolished_county_is_no_reason_to_refuse() -> None:
    for region in ("510602", "510621", "510622", "510624", "510625", "510626", "510600", "519999"):
        body = f"{region}19500101001"
        assert parse_cert("01", body + check_digit(body), today=TODAY)


def test_a_province_that_never_was_is_refused() -> None:
    body = "66060019500101001"

    assert refused("01", body + check_digit(body)).code == "province"


def test_fifteen_digits_are_upgraded_only_where_old_papers_are_read() -> None:
    assert upgrade_fifteen("610104620927690") == "610104196209276908"
    assert parse_cert("01", "610104620927690", today=TODAY, may_be_old=True).number == "610104196209276908"
    assert "15 位" in refused("01", "610104620927690").sentence


def test_residence_permits_carry_their_own_prefixes() -> None:
    assert parse_cert("17", "810000199408230021", today=TODAY).birthday == date(1994, 8, 23)
    assert parse_cert("17", "830000199201300022", today=TODAY).gender == "2"
    assert refused("17", "510600199003070017").code == "province"


def test_permanent_residents_have_an_old_and_a_new_card() -> None:
    new = parse_cert("07", "911124198108030024", today=TODAY)

    assert (new.birthday, new.gender) == (date(1981, 8, 3), "2")
    assert parse_cert("07", "can110103112233", today=TODAY) == Cert("07", "CAN110103112233")
    assert refused("07", "911124198108030025").code == "check_digit"
    assert refused("07", "CAN1101031122").code == "form"
    assert refused("07", "510600199003070017").code == "form"


def test_a_permanent_residents_number_under_resident_card_names_the_right_type() -> None:
    assert "外国人永久居留身份证" in refused("01", "911124198108030024").sentence


def test_documents_without_a_birthday_are_accepted_by_form(subtests: pytest.Subtests) -> None:
    for cert_type, number in (
        ("04", "H12345678"),
        ("04", "m1234567801"),
        ("05", "M12345678"),
        ("06", "12345678"),
        ("06", "1234567890A"),
        ("16", "E12345678"),
        ("16", "EA1234567"),
        ("16", "G12345678"),
        ("08", "X1234567"),
        ("08", "C01X00T47"),
        ("02", "南字第1234567号"),
        ("99", "P510012345"),
    ):
        with subtests.test(cert_type=cert_type, number=number):
            cert = parse_cert(cert_type, number, today=TODAY)

            assert (cert.number, cert.birthday, cert.gender) == (number.upper(), None, None)


def test_a_number_that_is_not_of_its_form_is_refused(subtests: pytest.Subtests) -> None:
    for cert_type, number in (
        ("04", "A12345678"),
        ("06", "1234567"),
        ("16", "123456789"),
        ("08", "X 12"),
        ("08", "X" * 18),
        ("99", "号"),
    ):
        with subtests.test(cert_type=cert_type, number=number):
            assert refused(cert_type, number).code == "form"


def test_an_unknown_type_is_refused() -> None:
    assert refused("77", "510600199003070017").code == "unknown_type"


def test_types_that_rosters_use_for_the_same_document_are_kin() -> None:
    assert kindred_types("17") == ["01"]
    assert kindred_types("04") == ["05"]
    assert kindred_types("08") == []


def test_whole_years_count_on_the_birthday_and_leap_days_on_1_march(subtests: pytest.Subtests) -> None:
    for birthday, on, age in (
        (date(2010, 11, 21), date(2026, 11, 20), 15),
        (date(2010, 11, 21), date(2026, 11, 21), 16),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2008, 2, 29), date(2025, 2, 28), 16),
        (date(2008, 2, 29), date(2025, 3, 1), 17),
        (date(2026, 11, 21), date(2026, 11, 21), 0),
    ):
        with subtests.test(birthday=birthday, on=on, age=age):
            assert full_age(birthday, on) == age
