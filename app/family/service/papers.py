"""The papers of a request: which ones suffice (S29, S41, C2), and the letter the holder signs (S28)."""

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import clock
from app.core.display import day, masked_cert
from app.core.errors import DomainError
from app.core.locale import SOURCE
from app.documents.models import DocumentPage, PageState, Slot
from app.documents.queries import list_pages
from app.family.models import LinkRequest, Way
from app.family.policy import RELATION_LABELS
from app.family.service.drafts import draft_gone
from app.family.service.links import person_of
from app.letters.facts import LetterFacts
from app.letters.models import Letter, SignatureKind
from app.letters.queries import find_letter
from app.letters.service import is_signed, prepare_letter
from app.regions.queries import hotlines_for
from app.roster.queries import cert_no_of, get_person


def list_good_pages(request: LinkRequest) -> list[DocumentPage]:
    """Pages that are ready or still being processed; refused ones do not count."""
    return [page for page in list_pages(request.subject) if page.state is not PageState.refused]


def find_missing(request: LinkRequest) -> DomainError | None:
    """What must still be sent before a reviewer can decide, or None."""
    sent = {page.slot for page in list_good_pages(request)}
    registers = {Slot.register_holder, Slot.register_member}
    others = {Slot.other} if request.relation is not None and request.relation.value == "ward" else set()
    if not (sent & ({Slot.birth_certificate, Slot.kinship_notarisation} | others) or registers <= sent):
        what = _("户口本要两边都有：您的，和家人的。") if sent & registers else _("还没有证明关系的材料。")
        return DomainError("papers_missing", what, _("请交出生证明，或双方户口本，或亲属关系公证书，三样里有一样就行。"))
    return None


def find_unsigned(request: LinkRequest) -> DomainError | None:
    """Why the letter is not signed yet, or None. Only the way by papers needs it; with vouching the voucher's word replaces it."""
    if request.way is not Way.documents:
        return None
    letter = find_letter(request.subject)
    if letter is None or not is_signed(letter, _facts_of(request)):  # a holder who goes back and names another member signs again
        return DomainError("letter_unsigned", _("承诺书还没有签名。"), _("请先签承诺书，再提交。"))
    if letter.signature is SignatureKind.paper and Slot.signed_letter not in {page.slot for page in list_good_pages(request)}:
        return DomainError("letter_missing", _("还没有手写签名的承诺书照片。"), _("请把签好名的承诺书拍一张照片，在下面上传。"))
    return None


def prepare_request_letter(request: LinkRequest, *, return_to: str) -> Letter:
    """个人承诺书 with both parties and the relation."""
    return prepare_letter(
        subject=request.subject, owner_account_id=request.holder_account_id, facts=_facts_of(request), return_to=return_to
    )


def _facts_of(request: LinkRequest) -> LetterFacts:
    member, holder = person_of(request), get_person(request.holder.person_id or 0)
    if request.relation is None:
        raise draft_gone()
    hotlines = hotlines_for(member.insured_region)
    with force_locale(SOURCE):  # the letter is in Chinese, whatever language the page is in
        return LetterFacts(
            holder_name=holder.name,
            holder_cert_masked=masked_cert(cert_no_of(holder)),
            member_name=member.name,
            member_cert_masked=masked_cert(cert_no_of(member)),
            relation=str(RELATION_LABELS[request.relation]),
            agency_name=hotlines[0].agency.name if hotlines else "",
            day=day(clock.today()),
        )
