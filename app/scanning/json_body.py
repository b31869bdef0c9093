"""Reads a JSON body from the wire: checks type, size while reading, UTF-8, JSON."""

import json
import re
from typing import IO, Never

# Blanks in one place only between two signs: in two, a header full of them would be split between both in every way.
_CONTENT_TYPE = re.compile(r'application/json\s*(?:;\s*(?:charset\s*=\s*"?utf-?8"?\s*(?:;\s*)?)?)?', re.ASCII | re.IGNORECASE)
_CHUNK = 65_536
_DRAINED_BYTES = 16 * 1024 * 1024  # up to this much is read and discarded, so that the sender gets the refusal instead of a reset


def is_json_type(content_type: str, content_encoding: str) -> bool:
    return _CONTENT_TYPE.fullmatch(content_type.strip()) is not None and content_encoding.lower() in ("", "identity")


def read_body(stream: IO[bytes], longest: int) -> bytes | None:
    """At most `longest` bytes, whatever Content-Length says; None when there are more. Raises OSError if the sender disconnects."""
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size <= longest:
            parts.append(chunk)
        elif size > _DRAINED_BYTES:
            break
    return b"".join(parts) if size <= longest else None


def parse_body(raw: bytes) -> object:
    """Raises ValueError when this is not JSON in UTF-8 (a byte order mark is allowed)."""
    try:
        body: object = _JSON.decode(raw.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return body


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)  # `loads` would make a decoder for each body
