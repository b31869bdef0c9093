import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.credentials.code_format import (
    Code,
    Malformed,
    TypedNumber,
    derive_key,
    is_luhn_valid,
    luhn_digit,
    make_code,
    new_handle,
    new_typed_number,
    parse_code,
)
from app.credentials.keyring import read_keyring

MASTER = bytes(range(32))
HANDLE = "09223372036854763462"
ISSUED_AT = 1795250000
PLAIN = "8009223372036854763462179525000017220609899615700932046449993"
ANSWER = "810922337203685476346217952500004704295398044477635222230544560"


def test_the_published_vectors_hold() -> None:
    key = derive_key(MASTER, HANDLE)

    assert make_code(key, HANDLE, ISSUED_AT) == PLAIN
    assert make_code(key, HANDLE, ISSUED_AT, "47") == ANSWER


def test_what_is_made_is_read_and_verified() -> None:
    keyring = read_keyring("m1:sha256:" + MASTER.hex(), 86400)

    for text, challenge in ((PLAIN, ""), (ANSWER, "47")):
        code = parse_code(text)
        assert isinstance(code, Code)
        assert (code.handle, code.issued_at, code.challenge) == (HANDLE, ISSUED_AT, challenge)
        assert keyring.is_genuine(code, ISSUED_AT)


@given(st.integers(0, 60), st.integers(1, 9))
def test_no_single_digit_can_be_changed(place: int, by: int) -> None:
    keyring = read_keyring("m1:sha256:" + MASTER.hex(), 86400)
    changed = PLAIN[:place] + str((int(PLAIN[place]) + by) % 10) + PLAIN[place + 1 :]

    try:
        code = parse_code(changed)
    except Malformed:
        return
    assert isinstance(code, Code)
    assert not keyring.is_genuine(code, ISSUED_AT)


def test_sm3_derives_another_key_for_the_same_code() -> None:
    key = derive_key(MASTER, HANDLE, "sm3")

    assert len(key) == 32
    assert key != derive_key(MASTER, HANDLE)


def test_scanner_noise_and_full_width_digits_are_read(subtests: pytest.Subtests) -> None:
    for noise in (f" {PLAIN}\r\n", PLAIN.translate({ord("0") + i: 0xFF10 + i for i in range(10)}), f"{PLAIN[:10]} {PLAIN[10:]}\t"):
        with subtests.test(noise=noise):
            assert parse_code(noise) == parse_code(PLAIN)


def test_anything_else_is_malformed(subtests: pytest.Subtests) -> None:
    for text in (
        "",
        "80",
        PLAIN[:-1],
        PLAIN + "0",
        "82" + PLAIN[2:],
        "80" + str(2**64) + PLAIN[22:],
        "80" + f"{2**63:020d}" + PLAIN[22:],
        PLAIN[:-29] + "9" * 29,
        PLAIN.replace("8", "٨", 1),
        "123456789012",
        "null",
    ):
        with subtests.test(text=text), pytest.raises(Malformed):
            parse_code(text)


def test_a_retired_master_verifies_until_its_overlap_is_over() -> None:
    old = f"m1:sha256:{MASTER.hex()}:{ISSUED_AT}"
    keyring = read_keyring(f"m2:sm3:{'ab' * 32},{old}", 31 * 86400)
    code = parse_code(PLAIN)
    assert isinstance(code, Code)

    assert keyring.newest.id == "m2"
    assert keyring.is_genuine(code, ISSUED_AT + 31 * 86400 - 1)
    assert not keyring.is_genuine(code, ISSUED_AT + 31 * 86400)


def test_typed_numbers_carry_a_luhn_digit() -> None:
    assert luhn_digit("7992739871") == "3"
    numbers = {new_typed_number() for _ in range(200)}

    assert len(numbers) == 200
    assert all(len(n) == 12 and is_luhn_valid(n) for n in numbers)
    assert all(parse_code(f"{n[:4]} {n[4:8]} {n[8:]}") == TypedNumber(n) for n in numbers)


def test_handles_are_63_bit_numbers_of_twenty_digits() -> None:
    handles = [new_handle() for _ in range(200)]

    assert all(len(h) == 20 and int(h) < 2**63 for h in handles)
    assert len(set(handles)) == 200
