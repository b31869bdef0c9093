from sqlalchemy import ColumnElement, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.locale import SOURCE, current_language
from app.help.help_code import reason_number
from app.help.models import HelpKind, HelpText
from app.help.rendering import plain
from app.help.search import Entry, rank
from app.institutions.reasons import BY_HELP_NUMBER, Reason

INDEX = (HelpKind.page, "index")
_ADDRESSES = {HelpKind.guide: "/help/guides/{slug}", HelpKind.page: "/help/{slug}", HelpKind.reason: "/help/P-{slug}"}


def find_text(kind: HelpKind, slug: str) -> HelpText | None:
    """In the reader's language; where nobody has translated it, in the source's: the page then says so."""
    found = {text.language: text for text in _texts(HelpText.kind == kind, HelpText.slug == slug)}
    return found.get(current_language()) or found.get(SOURCE)


def get_text(kind: HelpKind, slug: str) -> HelpText:
    text = find_text(kind, slug)
    if text is None:
        raise NotFound
    return text


def list_texts(kind: HelpKind) -> list[HelpText]:
    return _one_of_each(_texts(HelpText.kind == kind))


def list_addresses() -> list[str]:
    """Of every text that has a page of its own, for who keeps them all for no network."""
    known = select(HelpText.kind, HelpText.slug).where(HelpText.kind.in_(_ADDRESSES), HelpText.language == SOURCE)
    rows = db.session.execute(known.order_by(HelpText.kind, HelpText.position, HelpText.id))
    return [_ADDRESSES[kind].format(slug=slug) for kind, slug in rows if (kind, slug) != INDEX]


def get_reason(code: str) -> tuple[Reason, HelpText | None]:
    """By 06 or 06-482917, as it stands after `P-` in a help code. Raises NotFound for a number no reason has."""
    reason = BY_HELP_NUMBER.get(reason_number(f"P-{code}") or "")
    if reason is None:
        raise NotFound
    return reason, find_text(HelpKind.reason, reason.help_number)


def search_texts(query: str, limit: int = 20) -> list[HelpText]:
    """The texts that answer these words, best first; a help code finds its reason first."""
    texts = _one_of_each(_texts())
    if number := reason_number(query):
        return [t for t in texts if t.kind is HelpKind.reason and t.slug == number]
    texts = [t for t in texts if (t.kind, t.slug) != INDEX]  # it stands on the same page
    entries = [Entry(t.title, t.keywords, plain(t.body)) for t in texts]
    return [texts[i] for i in rank(query, entries)[:limit]]


def _texts(*wanted: ColumnElement[bool]) -> list[HelpText]:
    spoken = HelpText.language.in_({current_language(), SOURCE})
    return list(db.session.scalars(select(HelpText).where(spoken, *wanted).order_by(HelpText.position, HelpText.id)))


def _one_of_each(texts: list[HelpText]) -> list[HelpText]:
    translated = {(text.kind, text.slug) for text in texts if text.language == current_language()}
    return [text for text in texts if text.language == current_language() or (text.kind, text.slug) not in translated]
