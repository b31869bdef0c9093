"""The speakable code of a refusal: P-06, or in full with six random digits, P-06-482917."""

import re

from app.core.text import compact, plain_dashes, unquoted

_SHAPE = re.compile(r"P-?(\d{2})(?:-?\d{6})?", re.ASCII)


def reason_number(text: str) -> str | None:
    """The two digits of the reason, from a code as people write it (small p, spaces, full width); None for anything else."""
    written = plain_dashes(compact(unquoted(text))).upper()
    found = _SHAPE.fullmatch(written)
    return found.group(1) if found else None
