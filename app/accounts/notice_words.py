"""Legal texts in the reader's language.

The Simplified Chinese text binds: consents point at it, its hash and its version. A translation of exactly that version helps to
understand it. What came with the program stands in `notices/<purpose>.md` and `notices/<language>/<purpose>.md`.
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
    """What this release brings; whether it is in force is another question."""
    path = (NOTICES if language == SOURCE else NOTICES / language) / f"{purpose.value}.md"
    return read_notice(path.read_text(encoding="utf-8")) if path.is_file() else None
