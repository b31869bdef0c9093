"""What a legal text must be before people are asked to agree to it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.accounts.notice_text import has_html, has_outside_link
from app.core.errors import DomainError
from app.core.locale import SOURCE

BODY_LONGEST = 20_000  # fixed: characters of a legal text; ours have under a thousand


@dataclass(frozen=True, kw_only=True)
class NoticeWords:
    """One language of a legal text. label: the sentence beside the box. body: Markdown."""

    title: str
    label: str
    legal_basis: str
    body: str

    def tidied(self) -> "NoticeWords":
        """With white space normalised as in a file."""
        return NoticeWords(
            title=" ".join(self.title.split()),
            label=" ".join(self.label.split()),
            legal_basis=" ".join(self.legal_basis.split()),
            body="\n".join(self.body.splitlines()).strip() + "\n",
        )


def check_words(words: NoticeWords, language: str) -> None:
    """Raises DomainError with the field that is wrong."""
    is_source = language == SOURCE
    longest = {"title": 80 if is_source else 200, "label": 200 if is_source else 500, "legal_basis": 120 if is_source else 200}
    longest["body"] = BODY_LONGEST
    for field, most in longest.items():
        text: str = getattr(words, field)
        if not text.strip():
            raise DomainError("empty", _("这里不能空着。"), field=field)
        if len(text) > most:
            raise DomainError("too_long", _("最多 %(count)d 个字，请写短一些。", count=most), field=field)
    if has_html(words.body):
        raise DomainError("html", _("正文里不能写 HTML 标签，请用 Markdown，例如 **加粗**、- 列表。"), field="body")
    if has_outside_link(words.body):
        raise DomainError("link", _("法律文本里的链接只能指向本站的地址，例如 /help。"), field="body")
