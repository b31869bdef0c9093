"""What may be written into a help text."""

import re

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.locale import LANGUAGES
from app.help.front_matter import Content
from app.help.models import HelpKind
from app.help.rendering import forbidden_links, holds_html
from app.scanning.reasons import BY_HELP_NUMBER

BODY_LONGEST, BODY_LINES = 20_000, 800  # fixed: characters of a help page; ours have 2,400 at most
LONGEST = {"title": 120, "keywords": 1000, "source": 200}
POSITION_HIGHEST = 9999  # four digits in its field
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_RESERVED = {"hotlines", "guides", "faq"}  # addresses of lists under /help


def check_content(content: Content) -> None:
    """Raises DomainError with the field that is wrong."""
    for field, text in (("title", content.title), ("body", content.body)):
        if not text.strip():
            raise DomainError("empty", _("这里不能空着。"), field=field)
    for field, longest in LONGEST.items():
        if len(getattr(content, field)) > longest:
            raise DomainError("too_long", _("最多 %(count)d 个字，请写短一些。", count=longest), field=field)
    if len(content.body) > BODY_LONGEST or content.body.count("\n") > BODY_LINES:
        raise DomainError(
            "too_long",
            _("正文最多 %(count)d 个字、%(lines)d 行，请分成几篇。", count=BODY_LONGEST, lines=BODY_LINES),
            field="body",
        )
    if holds_html(content.body):
        raise DomainError("html", _("正文里不能写 HTML 标签，请用 Markdown，例如 **加粗**、- 列表。"), field="body")
    if links := forbidden_links(content.body):
        raise DomainError(
            "link", _("这个链接不能用：%(link)s。请用 https:// 开头、tel: 开头或本站的地址。", link=links[0][:80]), field="body"
        )
    if not 0 <= content.position <= POSITION_HIGHEST:
        raise DomainError("position", _("次序请写 0 到 %(most)d 的数字。", most=POSITION_HIGHEST), field="position")


def check_place(kind: HelpKind, slug: str) -> None:
    """Where a new text will be found. Raises DomainError `no_slug` or `no_reason`."""
    if kind is HelpKind.reason:
        if slug not in BY_HELP_NUMBER:
            raise DomainError("no_reason", _("没有这个求助码。请写已有的两位数字，例如 06。"), field="slug")
    elif len(slug) > 40 or not _SLUG.fullmatch(slug) or slug in _RESERVED:
        raise DomainError("no_slug", _("地址只用小写字母、数字和连字符，例如 lost-phone。"), field="slug")


def check_language(language: str) -> None:
    """Raises DomainError `no_language`."""
    if language not in LANGUAGES:
        raise DomainError("no_language", _("没有这种语言。"), _("请从列表里选。"), field="language")
