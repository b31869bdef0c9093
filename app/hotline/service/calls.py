"""Finding the person a call is about, and verifying that the caller is that person."""

import re
from collections.abc import Collection
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from app.accounts.phone import InvalidPhone, parse_mobile
from app.accounts.queries import find_account_by_phone
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError, TooMany
from app.core.locks import one_at_a_time
from app.core.text import compact, plain_dashes, unquoted
from app.credentials.queries import get_credential
from app.hotline import queries
from app.hotline.audit_tags import HotlineTag
from app.hotline.models import CallerCheck, HotlineCall, HotlineSearch
from app.roster.identity import ending_of
from app.roster.models import InsuredPerson
from app.roster.queries import get_person, list_by_name
from app.staff.models import StaffMember
from app.staff.policy import refuse_oneself
from app.staff.queries import list_active, regions_of
from app.staff.rights import Right, has_right
from app.staff.service import post_staff_message

CHECKS_NEEDED = 3  # fixed: right answers of a caller: two can be on a lost card, the third is not
_HELP_CODE = re.compile(r"(?:P-?)?(\d{2})-?(\d{6})", re.ASCII)


def search_phone(staff: StaffMember, typed: str) -> HotlineSearch:
    """Searches by telephone number. Raises `phone_invalid`, and TooMany after too many searches that found nobody."""
    try:
        account = find_account_by_phone(parse_mobile(typed))
    except InvalidPhone as error:
        raise DomainError("phone_invalid", str(error), field="phone") from None
    person = get_person(account.person_id) if account is not None and account.person_id is not None else None
    return note_search(staff, [person] if person else [], "phone")


def search_name(staff: StaffMember, name: str, tail: str) -> HotlineSearch:
    """Searches by name and the last four characters of the number. Raises DomainError `tail_invalid`, and TooMany."""
    ending = ending_of(tail)
    if ending is None:
        raise DomainError("tail_invalid", _("请填写证件号码的最后 4 位。"), field="tail")
    return note_search(staff, list_by_name(name, ending, regions_of(staff.agency)), "name")


def search_help_code(staff: StaffMember, typed: str) -> HotlineSearch:
    """Searches by a refusal's whole help code, such as P-06-482917. Raises DomainError `help_code_invalid`, and TooMany."""
    found = _HELP_CODE.fullmatch(plain_dashes(compact(unquoted(typed))).upper())
    if found is None:
        raise DomainError("help_code_invalid", _("求助码像 P-06-482917，请核对一遍。"), field="help_code")
    event = queries.find_help_event(f"P-{found[1]}-{found[2]}")
    person = get_person(get_credential(event.credential_id).person_id) if event is not None and event.credential_id else None
    return note_search(staff, [person] if person else [], "help_code")


@transaction()
def open_call(staff: StaffMember, search: HotlineSearch, person_id: int) -> HotlineCall:
    """Opens a call about a person in this member's search. Raises DomainError `not_found_here`, `own_person`."""
    if person_id not in search.found or search.staff_id != staff.id:
        raise DomainError("not_found_here", _("请先查到这个人，再打开来电。"), status=404)
    refuse_oneself(staff, person_id)
    call = HotlineCall(staff_id=staff.id, person_id=person_id, opened_at=clock.now())
    db.session.add(call)
    db.session.flush()
    audit.record(HotlineTag.call_opened, actor=staff.actor, subject=call.subject, person_id=person_id)
    return call


@transaction()
def verify_caller(staff: StaffMember, call: HotlineCall, right: Collection[CallerCheck]) -> bool:
    """The caller counts as the person if `CHECKS_NEEDED` answers were right; otherwise False. Both are audited."""
    known = db.session.get_one(HotlineCall, call.id)
    known.checks = ",".join(sorted({check.value for check in right}))
    is_right = len(set(right)) >= CHECKS_NEEDED
    known.verified_at = clock.now() if is_right else None
    db.session.flush()
    tag = HotlineTag.caller_verified if is_right else HotlineTag.caller_doubted
    audit.record(tag, actor=staff.actor, subject=call.subject, person_id=call.person_id, checks=known.checks)
    return is_right


def note_search(staff: StaffMember, persons: list[InsuredPerson], way: str) -> HotlineSearch:
    """Stores a search, of the hotline or the counter, with only those persons who are insured in the member's regions.

    Searches that find nobody are counted; too many raise an alarm and TooMany.
    """
    regions = regions_of(staff.agency)
    own = [person for person in persons if person.insured_region in regions]
    with transaction():
        one_at_a_time(staff.actor.encode())
        if not queries.is_over_limit(staff.id):
            return _note(staff, own, way)
        _alarm(staff)
    raise TooMany(_("您一小时内查不到的次数太多，查询先停下来。"), _("请联系安全管理员。一小时后可以再查。"), 3600)


def _note(staff: StaffMember, own: list[InsuredPerson], way: str) -> HotlineSearch:
    search = HotlineSearch(staff_id=staff.id, searched_at=clock.now(), person_ids=",".join(str(person.id) for person in own[:20]))
    db.session.add(search)
    db.session.flush()
    outcome = "ok" if own else "missed"
    audit.record(HotlineTag.searched, actor=staff.actor, subject=search.subject, outcome=outcome, way=way, found=len(own))
    return search


def _alarm(staff: StaffMember) -> None:
    """Audits each attempt; sends a message to members who see alarms for the first one in an hour."""
    is_first = not queries.has_alarmed_lately(staff.actor)
    audit.record(HotlineTag.alarm, actor=staff.actor, subject=staff.actor, outcome="refused", misses=queries.count_misses(staff.id))
    for member in list_active() if is_first else []:
        if has_right(member.roles, Right.see_alarms):
            post_staff_message(
                member.id,
                _("警报：有人一再查不到参保人"),
                _("%(name)s 一小时内查不到的次数太多，查询已经停下来。请了解一下原因。", name=staff.name),
                href="/bureau/alarms",
            )


@transaction()
def expire_searches() -> None:
    """Deletes searches after a day; the audit log keeps that they were made."""
    db.session.execute(delete(HotlineSearch).where(HotlineSearch.searched_at < clock.now() - timedelta(days=1)))
