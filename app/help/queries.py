from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.core.locale import select_locale
from app.help.help_code import reason_number
from app.help.models import HelpKind, HelpText
from app.help.rendering import plain
from app.help.search import Entry, rank
from app.institutions.reasons import BY_HELP_NUMBER, Reason

INDEX = (HelpKind.page, "index")
_ADDRESSES = {HelpKind.guide: "/help/guides/{slug}", HelpKind.page: "/help/{slug}", HelpKind.reason: "/help/P-{slug}"}


def find_text(kind: HelpKind, slug: str) -> HelpText | None:
    return db.session.scalars(
        select(HelpText).where(HelpText.kind == kind, HelpText.slug == slug, HelpText.language == select_locale())
    ).one_or_none()


def get_text(kind: HelpKind, slug: str) -> HelpText:
    text = find_text(kind, slug)
    if text is None:
        raise NotFound
    return text


def list_texts(kind: HelpKind) -> list[HelpText]:
    return list(
        db.session.scalars(
            select(HelpText)
            .where(HelpText.kind == kind, HelpText.language == select_locale())
            .order_by(HelpText.position, HelpText.id)
        )
    )


def list_addresses() -> list[str]:
    """Of every text that has a page of its own, for who keeps them all for no network."""
    kinds = (HelpKind.guide, HelpKind.page, HelpKind.reason)
    known = select(HelpText.kind, HelpText.slug).where(HelpText.kind.in_(kinds), HelpText.language == select_locale())
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
    texts = list(db.session.scalars(select(HelpText).where(HelpText.language == select_locale()).order_by(HelpText.id)))
    if number := reason_number(query):
        return [t for t in texts if t.kind is HelpKind.reason and t.slug == number]
    texts = [t for t in texts if (t.kind, t.slug) != INDEX]  # it stands on the same page
    entries = [Entry(t.title, t.keywords, plain(t.body)) for t in texts]
    return [texts[i] for i in rank(query, entries)[:limit]]
