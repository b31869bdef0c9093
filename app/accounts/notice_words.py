"""Legal texts in the reader's language.

The Simplified Chinese text is binding: consents point at it, its hash and its version. A translation of exactly that version helps
to understand it. The texts that come with the program are in `notices/<purpose>.md` and `notices/<language>/<purpose>.md`.
"""

from functools import cache
from pathlib import Path

from app.accounts.models import ConsentPurpose, Notice, NoticeTranslation
from app.accounts.notice_text import NoticeFile, read_notice
from app.core.locale import SOURCE, current_language

NOTICES = Path(__file__).parent / "notices"


def in_words(notice: Notice) -> Notice | NoticeTranslation:
    """The translation of exactly this version, or the notice itself where there is none."""
    language = current_language()
    if language == SOURCE:
        return notice
    return next((t for t in notice.translations if t.language == language), notice)


@cache
def shipped_notice(purpose: ConsentPurpose, language: str = SOURCE) -> NoticeFile | None:
    """The text this release brings, whether or not it is in force."""
    path = (NOTICES if language == SOURCE else NOTICES / language) / f"{purpose.value}.md"
    return read_notice(path.read_text(encoding="utf-8")) if path.is_file() else None
