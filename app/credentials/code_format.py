"""The code (医保码), version 1: what its digits mean, how its tag is made and read. docs/code-format.md is the same for outsiders.

`80` + handle (20) + issued-at (10, Unix seconds) + tag (29); the answer to a challenge is `81` + handle + issued-at +
challenge (2) + tag. The twelve-digit number that can be typed instead is 11 random digits and a Luhn digit. Digits only, because
they use the densest QR mode and survive keyboard-wedge scanners, Chinese input methods and caps lock.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass

from itsdangerous import Signer

SALT = b"pingzheng.code.v1:"
HANDLE_DIGITS = 20
HANDLE_LIMIT = 2**63
TAG_BYTES = 12
TAG_LIMIT = 2 ** (8 * TAG_BYTES)
TAG_DIGITS = 29
LONGEST = 63  # fixed: digits of a code that answers a challenge (contract 4)

_PLAIN = re.compile(r"80(\d{20})(\d{10})()(\d{29})", re.ASCII)
_ANSWER = re.compile(r"81(\d{20})(\d{10})(\d{2})(\d{29})", re.ASCII)
_TYPED = re.compile(r"\d{12}", re.ASCII)


class Malformed(ValueError):
    """Not a code of this system: wrong length, sign, checksum or number range."""


@dataclass(frozen=True, slots=True)
class Code:
    handle: str  # 20 digits
    issued_at: int  # Unix seconds
    challenge: str  # two digits, or empty
    tag: bytes  # 12 bytes
    signed: bytes  # the digits the tag covers


@dataclass(frozen=True, slots=True)
class TypedNumber:
    number: str  # 12 digits, Luhn-valid


def parse_code(text: str) -> Code | TypedNumber:
    """Reads what a scanner or a keyboard delivered. Raises Malformed."""
    digits = "".join(text.split())
    if len(digits) > LONGEST:  # NFKC never shortens a run of digits, and its cost grows with the input
        raise Malformed("shape")
    if not digits.isascii():
        digits = "".join(unicodedata.normalize("NFKC", digits).split())
    if _TYPED.fullmatch(digits):
        if not is_luhn_valid(digits):
            raise Malformed("checksum")
        return TypedNumber(digits)
    match = _PLAIN.fullmatch(digits) or _ANSWER.fullmatch(digits)
    if match is None:
        raise Malformed("shape")
    handle, issued_at, challenge, tag = match.groups()
    if int(handle) >= HANDLE_LIMIT or int(tag) >= TAG_LIMIT:
        raise Malformed("range")
    return Code(handle, int(issued_at), challenge, int(tag).to_bytes(TAG_BYTES, "big"), digits[:-TAG_DIGITS].encode())


def make_code(key: bytes, handle: str, issued_at: int, challenge: str = "") -> str:
    """61 digits, or 63 with the challenge's two. `key` is the presentation's, 32 bytes."""
    signed = f"{'81' if challenge else '80'}{handle}{issued_at:010d}{challenge}"
    return f"{signed}{int.from_bytes(tag_of(key, signed.encode()), 'big'):0{TAG_DIGITS}d}"


def tag_of(key: bytes, signed: bytes) -> bytes:
    """The first 12 bytes of HMAC-SHA256; always SHA-256, because every phone can compute it."""
    return hmac.digest(key, signed, hashlib.sha256)[:TAG_BYTES]


def derive_key(master: bytes, handle: str, digest: str = "sha256") -> bytes:
    """The presentation's key. digest: `sha256`, or `sm3` where the bureau's rules ask for it."""
    return Signer(master, salt=SALT + handle.encode(), key_derivation="hmac", digest_method=_DIGESTS[digest]).derive_key()


def new_handle() -> str:
    """A random 63-bit number, zero-padded to 20 digits: it identifies a presentation and reveals nothing else."""
    return f"{secrets.randbits(63):0{HANDLE_DIGITS}d}"


def new_typed_number() -> str:
    stem = f"{secrets.randbelow(10**11):011d}"
    return stem + luhn_digit(stem)


def luhn_digit(stem: str) -> str:
    """The check digit (ISO/IEC 7812-1) that makes `stem` + digit valid."""
    total = sum(_luhn_value(int(c), doubled=i % 2 == 0) for i, c in enumerate(reversed(stem)))
    return str(-total % 10)


def is_luhn_valid(number: str) -> bool:
    return luhn_digit(number[:-1]) == number[-1]


def _luhn_value(digit: int, *, doubled: bool) -> int:
    value = digit * 2 if doubled else digit
    return value - 9 if value > 9 else value


def _sm3(data: bytes = b"") -> "hashlib._Hash":
    return hashlib.new("sm3", data)


_DIGESTS = {"sha256": hashlib.sha256, "sm3": _sm3}
