"""Legal texts as files: a head of `name: value` lines between two `---`, then Markdown. Pure."""

import re
from dataclasses import dataclass, fields
from html import unescape

from markupsafe import Markup

from app.core.links import Markdown

_markdown = Markdown()


@dataclass(frozen=True, kw_only=True)
class NoticeFile:
    purpose: str
    version: str
    title: str
    label: str
    legal_basis: str
    body: str


def read_notice(text: str) -> NoticeFile:
    """Raises ValueError when the head is missing or incomplete."""
    opening, _, rest = text.partition("---\n")
    head, found, body = rest.partition("\n---\n")
    if opening.strip() or not found:
        raise ValueError("a notice begins with its head between two lines of ---")
    values = dict(line.split(": ", 1) for line in head.splitlines() if line.strip())
    wanted = {f.name for f in fields(NoticeFile)} - {"body"}
    if set(values) != wanted:
        raise ValueError(f"the head of a notice names exactly {', '.join(sorted(wanted))}")
    return NoticeFile(**values, body=body.strip() + "\n")


def render_notice(body: str) -> Markup:
    """Markdown to HTML; raw HTML in the text stays text."""
    return Markup(_markdown.render(body))  # noqa: S704


def has_html(body: str) -> bool:
    """Whether the text contains HTML: it would be shown as typed, not rendered, so its author is warned beforehand."""
    return re.search(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?\s*>|<!|<\?", body) is not None


def has_outside_link(body: str) -> bool:
    """Whether the text links to anything outside this site, where what people agree to could change."""
    links = [
        str(child.attrGet("href")) for token in _markdown.parse(body) for child in token.children or () if child.type == "link_open"
    ]
    written = re.findall(r"\]\(\s*<?\s*([^\s)>]*)", body)
    return any(not re.match(r"/(?!/)|#", unescape(link)) for link in [*links, *written])
