"""A page of our own instead of a provider's, on which the visitor chooses the verdict. Demo and tests only.

Production refuses to start with it (`Settings.problems`); its page answers 404 as soon as another provider is set.
"""

import secrets

from flask import url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update

from app.config import Settings
from app.core import clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.core.settings import settings
from app.proofs.face import FaceRequest, FaceResult, ForeignResult, Redirect
from app.proofs.models import StubFaceCheck


class StubFaceCheckProvider:
    name = "stub"

    def __init__(self, _settings: Settings) -> None:
        pass

    def start(self, request: FaceRequest) -> Redirect:
        """A repeated request finds the check it began: the reference is derived from the nonce, and is no secret."""
        reference = vault.keyed_hash("face-stub", request.nonce).hex()[:32]
        with transaction():
            if db.session.get(StubFaceCheck, reference) is None:
                db.session.add(StubFaceCheck(reference=reference, nonce=request.nonce, started_at=clock.now()))
        ticket = _serializer().dumps([reference, request.return_url])
        return Redirect(reference=reference, url=url_for("proofs.show_stub", ticket=ticket))

    def fetch_result(self, reference: str, nonce: str) -> FaceResult | None:
        row = db.session.get(StubFaceCheck, reference)
        if row is None or row.passed is None:
            return None
        if not secrets.compare_digest(row.nonce, nonce):
            raise ForeignResult(reference)
        return FaceResult(passed=row.passed, provider=self.name, reference=reference, at=clock.now())

    def page_origins(self) -> tuple[str, ...]:
        return ()


def open_ticket(ticket: str) -> tuple[str, str]:
    """(reference, return URL) from a ticket this server signed. Raises NotFound, also when the stub is not the provider."""
    if settings.face_check != "stub" or not settings.is_demo:
        raise NotFound
    try:
        reference, return_url = _serializer().loads(ticket)
    except (BadSignature, ValueError):
        raise NotFound from None
    return reference, return_url


def decide(reference: str, *, passed: bool) -> None:
    """Only the first choice counts, like a provider's verdict."""
    undecided = (StubFaceCheck.reference == reference) & StubFaceCheck.passed.is_(None)
    with transaction():
        db.session.execute(update(StubFaceCheck).where(undecided).values(passed=passed))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(vault.subkey("face-stub"), salt="ticket")
