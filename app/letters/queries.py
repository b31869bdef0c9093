"""Reads of letters."""

import hashlib

from sqlalchemy import select

from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.letters.facts import LetterFacts
from app.letters.models import Letter

FACTS = "letter-facts"


def find_letter(subject: str) -> Letter | None:
    """The newest letter of this subject."""
    return db.session.scalar(select(Letter).where(Letter.subject == subject).order_by(Letter.id.desc()).limit(1))


def get_letter(owner_account_id: int, letter_id: int) -> Letter:
    """Raises NotFound, also for another person's letter."""
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.owner_account_id != owner_account_id:
        raise NotFound
    return letter


def find_letter_of_pdf(pdf: bytes) -> Letter | None:
    """The signed letter that equals this file byte for byte; None when the file was changed or never was one."""
    return db.session.scalar(select(Letter).where(Letter.pdf_sha256 == hashlib.sha256(pdf).digest()))


def facts_of(letter: Letter) -> LetterFacts:
    return LetterFacts.from_json(vault.decrypt(FACTS, letter.facts_encrypted))
