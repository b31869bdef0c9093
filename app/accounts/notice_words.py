"""Legal texts in the reader's language.

The Simplified Chinese text binds: consents point at it, its hash and its version. A translation of the same version,
`notices/<language>/<purpose>.md`, helps to understand it.
"""

from functools import cache
from pathlib import Path

from app.accounts.models import Notice
from app.accounts.notice_text import NoticeFile, read_notice
from app.core.locale import SOURCE, current_language

NOTICES = Path(__file__).parent / "notices"


def in_words(notice: Notice) -> Notice | NoticeFile:
    """The translation of exactly this version, or the notice itself where there is none."""
    language = current_language()
    translated = None if language == SOURCE else _translation(language, notice.purpose.value)
    return translated if translated and translated.version == notice.version else notice


@cache
def _translation(language: str, purpose: str) -> NoticeFile | None:
    path = NOTICES / language / f"{purpose}.md"
    return read_notice(path.read_text(encoding="utf-8")) if path.is_file() else None
