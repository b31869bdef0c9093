"""A help text as a file: `key: value` lines between two `---`, then Markdown."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import date

REQUIRED = ("title", "keywords", "source", "last_checked", "position")
NEVER_CHECKED = "never"


class InvalidHelpFile(ValueError):
    """The message says in one sentence what is wrong, for the editor of the file."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What staff may edit. keywords: separated by 、. source: numbers of the facts behind it, as `S13, S14`."""

    title: str
    body: str
    keywords: str
    source: str
    last_checked: date | None
    position: int

    @property
    def digest(self) -> str:
        """SHA-256 over all fields, hexadecimal."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


def parse(text: str) -> Content:
    """Raises InvalidHelpFile. `last_checked` is an ISO day or the word never."""
    head, body = _split(text)
    fields = dict(_field(line) for line in head.splitlines() if line.strip())
    if missing := [key for key in REQUIRED if not fields.get(key)]:
        raise InvalidHelpFile(f"the front matter lacks {', '.join(missing)}")
    if unknown := sorted(fields.keys() - set(REQUIRED)):
        raise InvalidHelpFile(f"the front matter has {', '.join(unknown)}, which means nothing here")
    try:
        checked = None if fields["last_checked"] == NEVER_CHECKED else date.fromisoformat(fields["last_checked"])
        position = int(fields["position"])
    except ValueError as wrong:
        raise InvalidHelpFile(str(wrong)) from wrong
    return Content(
        title=fields["title"],
        body=body.strip() + "\n",
        keywords=fields["keywords"],
        source=fields["source"],
        last_checked=checked,
        position=position,
    )


def _split(text: str) -> tuple[str, str]:
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise InvalidHelpFile("the file does not open with front matter between two lines of ---")
    return parts[1], parts[2]


def _field(line: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise InvalidHelpFile(f"{line!r} is not `key: value`")
    return key.strip(), value.strip()
