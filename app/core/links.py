"""Which links a text may hold: https, tel, and addresses of this site. Texts are edited at the desk, so none is trusted. Pure."""

import re
from html import unescape
from urllib.parse import unquote

from markdown_it import MarkdownIt

_ALLOWED_LINK = re.compile(r"(?:https://|tel:\+?[\d-]+$|/(?!/)|#|\?)", re.IGNORECASE)


class Markdown(MarkdownIt):
    """CommonMark without HTML, which is shown as text, and without pictures, for which there is no storage. Links of any other kind
    (javascript:, data:, blob:) stay text."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.disable(["image", "html_block", "html_inline"])

    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        return is_allowed_link(url)


def is_allowed_link(link: str) -> bool:
    """Reads the link as a browser would: decodes entities and percent signs, and drops blanks."""
    return _ALLOWED_LINK.match(re.sub(r"[\x00-\x20]", "", unquote(unescape(link)))) is not None
