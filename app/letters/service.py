"""A letter is prepared, signed in one of three ways, kept with the hash of its exact PDF, and checked against it."""

import hashlib
from contextlib import suppress

from flask_babel import gettext as _
from sqlalchemy import update

from app.accounts.models import Account, ConsentPurpose, Notice
from app.accounts.queries import find_notice
from app.core import audit, blobs, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.statements import won
from app.documents import store
from app.letters.audit_tags import LetterTag
from app.letters.facts import LetterFacts
from app.letters.letter_pdf import UnprintableName, print_letter
from app.letters.models import Letter, SignatureKind
from app.letters.queries import FACTS, facts_of, find_letter
from app.letters.strokes import NoSignature, Stroke, parse_strokes
from app.roster.identity import is_same_name

FOLDER = "letters"
STROKES = "letter-strokes"


@transaction()
def prepare_letter(*, subject: str, owner_account_id: int, facts: LetterFacts, return_to: str) -> Letter:
    """The letter of this subject, ready to be signed. One with the same facts is kept, signed or not; other facts make a new one.

    return_to: the path of this site to go to afterwards. Raises RuntimeError when the legal texts were never loaded.
    """
    notice = find_notice(ConsentPurpose.commitment_letter)
    if notice is None:
        raise RuntimeError("the legal texts are not loaded: flask accounts load-notices")
    current = find_letter(subject)
    if current is not None and current.notice_id == notice.id and _says(current, facts):
        return current
    letter = Letter(
        subject=subject,
        owner_account_id=owner_account_id,
        notice_id=notice.id,
        facts_encrypted=vault.encrypt(FACTS, facts.to_json()),
        return_to=return_to,
        created_at=clock.now(),
    )
    db.session.add(letter)
    db.session.flush()
    audit.record(LetterTag.prepared, actor=Account.actor_of(owner_account_id), subject=Letter.subject_of(letter.id), about=subject)
    return letter


def is_signed(letter: Letter | None, facts: LetterFacts) -> bool:
    """Whether this letter is signed and states these facts; a letter signed about somebody else does not count."""
    return letter is not None and letter.is_signed and _says(letter, facts)


def sign_by_drawing(letter: Letter, strokes: str) -> None:
    """strokes: as `parse_strokes` reads them. Raises DomainError `no_signature`."""
    try:
        lines = parse_strokes(strokes)
    except NoSignature:
        raise DomainError(
            "no_signature", _("没有看到签名。"), _("请在方框里写下您的姓名；不方便写字，可以改用输入姓名。"), field="strokes"
        ) from None
    _sign(letter, SignatureKind.drawn, lines=lines, strokes=strokes)


def sign_by_name(letter: Letter, typed_name: str) -> None:
    """Raises DomainError `wrong_name` when it is not the holder's name as written in the letter."""
    if not is_same_name(typed_name, facts_of(letter).holder_name):
        raise DomainError("wrong_name", _("输入的姓名和承诺人不一样。"), _("请一字不差地输入您本人的姓名。"), field="typed_name")
    _sign(letter, SignatureKind.typed, typed_name=facts_of(letter).holder_name)


def sign_on_paper(letter: Letter) -> None:
    """The printed letter is signed by hand; its photograph comes with the papers."""
    _sign(letter, SignatureKind.paper)


def open_pdf(letter: Letter) -> bytes:
    """The exact file that was signed; before that, the letter as it will be. Raises DomainError `letter_changed`."""
    if letter.pdf_name is None or letter.pdf_sha256 is None:
        return _print(letter)
    pdf = store.get(letter.pdf_name)
    if hashlib.sha256(pdf).digest() != letter.pdf_sha256:
        raise DomainError("letter_changed", _("保存的承诺书和签名时的不一样。"), _("请不要使用它，并拨打医保热线。"), status=500)
    return pdf


def _says(letter: Letter, facts: LetterFacts) -> bool:
    """Compares all facts but the day, which may pass while a letter waits for its signature."""
    old = facts_of(letter)
    return LetterFacts(**{**old.__dict__, "day": facts.day}) == facts


def _sign(
    letter: Letter, kind: SignatureKind, *, lines: list[Stroke] | None = None, strokes: str = "", typed_name: str = ""
) -> None:
    """Prints and stores first, outside any transaction; of two parallel signatures the first counts."""
    if letter.is_signed:
        return
    pdf = _print(letter, lines=lines, typed_name=typed_name)
    name = f"{FOLDER}/{letter.id}-{hashlib.sha256(pdf).hexdigest()[:16]}"
    store.put(name, pdf)
    with transaction():
        if won(
            update(Letter)
            .where(Letter.id == letter.id, Letter.signed_at.is_(None))
            .values(
                signature=kind,
                strokes_encrypted=vault.encrypt(STROKES, strokes.encode()) if strokes else None,
                signed_at=clock.now(),
                pdf_name=name,
                pdf_sha256=hashlib.sha256(pdf).digest(),
            )
        ):
            audit.record(
                LetterTag.signed,
                actor=Account.actor_of(letter.owner_account_id),
                subject=Letter.subject_of(letter.id),
                outcome=kind.value,
            )
    db.session.refresh(letter)
    if letter.pdf_name != name:
        with suppress(blobs.StoreUnavailable):  # the other signature stands, whether or not this file can be deleted now
            store.delete(name)


def _print(letter: Letter, *, lines: list[Stroke] | None = None, typed_name: str = "") -> bytes:
    notice = db.session.get_one(Notice, letter.notice_id)
    try:
        return print_letter(
            facts_of(letter),
            title=notice.title,
            body=notice.body,
            version=notice.version,
            number=str(letter.id),
            made_at=clock.local(clock.now()),
            strokes=lines,
            typed_name=typed_name,
        )
    except UnprintableName as error:
        raise DomainError(
            "unprintable_name",
            _("姓名里的“%(char)s”字，系统的字库里没有，印不出来。", char=str(error)),
            _("请拨打医保热线，由工作人员帮您办理。"),
        ) from None
