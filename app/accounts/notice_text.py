"""Legal texts as files: a head of `name: value` lines between two `---`, then Markdown. Pure."""

from dataclasses import dataclass, fields

from markdown_it import MarkdownIt
from markupsafe import Markup

_markdown = MarkdownIt("commonmark", {"html": False})


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
