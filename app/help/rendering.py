"""Markdown to HTML, and to the plain words that are searched."""

import re
from functools import lru_cache
from itertools import pairwise

from markdown_it.rules_core import StateCore
from markupsafe import Markup

from app.core.links import Markdown, is_allowed_link

_ANCHOR = re.compile(r"\s*\{#([a-z][a-z-]*)\}\s*$")

_markdown = Markdown()


def _lower_top_headings(state: StateCore) -> None:
    """Makes h1 an h2, because the page's own heading is its only h1."""
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"


def _name_headings(state: StateCore) -> None:
    """Gives headings such as `## 苹果手机 {#iphone}` an id to link to."""
    for opening, inline in pairwise(state.tokens):
        found = _ANCHOR.search(inline.content) if opening.type == "heading_open" else None
        if found and inline.children:
            opening.attrSet("id", found[1])
            last = inline.children[-1]
            last.content = _ANCHOR.sub("", last.content)


_markdown.core.ruler.push("lower_top_headings", _lower_top_headings)
_markdown.core.ruler.push("name_headings", _name_headings)


@lru_cache(maxsize=512)
def render(body: str) -> Markup:
    """Cached by the text itself, so that an edit shows at once, even one within the same second."""
    return Markup(_markdown.render(body))  # noqa: S704  markdown-it escapes whatever is not Markdown


@lru_cache(maxsize=512)
def plain(body: str) -> str:
    """The words without Markdown marks, white space collapsed."""
    without_links = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", body)
    return " ".join(re.sub(r"^\s*(#+|>|[-*]|\d+\.)\s+|\*\*|\s*\{#[a-z-]+\}", "", without_links, flags=re.MULTILINE).split())


_TAG = re.compile(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?\s*>|<!--|<![a-zA-Z]|<\?")
_INLINE_LINK = re.compile(r"\]\(\s*<?\s*([^\s)>]*)")
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*<?\s*(\S+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*)>")


def holds_html(body: str) -> bool:
    """Whether the text contains HTML: it would be shown as typed, not rendered, so its author is warned beforehand."""
    return _TAG.search(_AUTOLINK.sub("", body)) is not None


def forbidden_links(body: str) -> list[str]:
    """Targets of links, as written, that are neither https, nor tel, nor addresses of this site."""
    found = [m for pattern in (_INLINE_LINK, _REFERENCE, _AUTOLINK) for m in pattern.findall(body)]
    return [link for link in found if not is_allowed_link(link)]
