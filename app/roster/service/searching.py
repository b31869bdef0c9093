"""Finding a person whose status is to change. What was typed is not stored; searches that find nobody are counted."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError, TooMany
from app.core.locks import one_at_a_time
from app.core.settings import settings
from app.roster import queries
from app.roster.audit_tags import RosterTag
from app.roster.identity import InvalidCert, ending_of, parse_cert
from app.roster.models import InsuredPerson, RosterSearch

MOST_FOUND = 20  # fixed: more would let somebody read through the roster


def search_document(cert_type: str, number: str, *, by: str, regions: Collection[str]) -> list[int]:
    """Ids of persons with this identity document in these regions. Raises DomainError `cert_invalid`, and TooMany."""
    try:
        cert = parse_cert(cert_type, number)
    except InvalidCert as invalid:
        raise DomainError("cert_invalid", invalid.sentence, field="number") from None
    return _search(lambda: [queries.find_person(cert.cert_type, cert.number)], "document", by, regions)


def search_name(name: str, tail: str, *, by: str, regions: Collection[str]) -> list[int]:
    """Searches by name and the last four characters of the number. Raises DomainError `tail_invalid`, and TooMany."""
    ending = ending_of(tail)
    if ending is None:
        raise DomainError("tail_invalid", _("请填写证件号码的最后 4 位。"), field="tail")
    return _search(lambda: queries.list_by_name(name, ending, regions), "name", by, regions)


def _search(find: Callable[[], Sequence[InsuredPerson | None]], way: str, by: str, regions: Collection[str]) -> list[int]:
    """Counts and searches in one transaction, one at a time per member, so that parallel searches cannot get round the count."""
    with transaction():
        one_at_a_time(by.encode())
        misses = queries.count_misses(by)
        if misses < settings.hotline_misses_per_hour:
            return _note(find(), way, by, regions)
        audit.record(RosterTag.alarm, actor=by, subject=by, outcome="refused", misses=misses)
    raise TooMany(_("您一小时内查不到的次数太多，查询先停下来。"), _("请联系安全管理员。一小时后可以再查。"), 3600)


def _note(found: Sequence[InsuredPerson | None], way: str, by: str, regions: Collection[str]) -> list[int]:
    own = [person.id for person in found if person is not None and person.insured_region in regions][:MOST_FOUND]
    db.session.add(RosterSearch(by=by, searched_at=clock.now(), found=len(own)))
    outcome = "ok" if own else "missed"
    audit.record(RosterTag.searched, actor=by, subject="roster", outcome=outcome, way=way, found=len(own))
    return own


@transaction()
def expire_searches() -> None:
    db.session.execute(delete(RosterSearch).where(RosterSearch.searched_at < clock.now() - timedelta(days=1)))
