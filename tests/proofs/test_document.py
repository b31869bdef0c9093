"""The document number is weak by itself: it serves where there is a delay and a notice, and nowhere else."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.db import db
from app.core.settings import settings
from app.proofs.models import IdentityProof, ProofPurpose
from app.proofs.service import check_document
from app.proofs.service.document import PURPOSES
from app.roster.identity import parse_cert
from tests.proofs.people import make_person, make_session

RIGHT, WRONG = parse_cert("01", "510600199003070017"), parse_cert("01", "510600199003070025")


@pytest.mark.parametrize("purpose", sorted(set(ProofPurpose) - PURPOSES, key=str))
def test_it_proves_nothing_where_a_code_is_opened_at_once(app: Flask, purpose: ProofPurpose) -> None:
    with pytest.raises(ValueError, match=purpose.value):
        check_document(make_session(), make_person(), purpose, RIGHT)

    assert list(db.session.scalars(select(IdentityProof))) == []


@pytest.mark.parametrize("purpose", sorted(PURPOSES, key=str))
def test_where_everybody_is_told_first_the_right_number_is_a_proof_and_wrong_ones_are_counted(
    app: Flask, purpose: ProofPurpose
) -> None:
    person, session = make_person(), make_session()

    wrong = [check_document(session, person, purpose, WRONG).guesses_left for _ in range(settings.cert_guesses - 1)]
    right = check_document(session, person, purpose, RIGHT)

    assert wrong == list(range(settings.cert_guesses - 1, 0, -1))
    assert right.proof is not None and right.proof.purpose is purpose


def test_once_the_days_guesses_are_used_up_the_right_number_proves_nothing_and_is_not_noted(app: Flask) -> None:
    person, session = make_person(), make_session()
    for _ in range(settings.cert_guesses):
        check_document(session, person, ProofPurpose.rebinding, WRONG)
    noted = len(list(db.session.scalars(select(AuditRow.id))))

    result = check_document(session, person, ProofPurpose.rebinding, RIGHT)

    assert (result.proof, result.guesses_left) == (None, 0)
    assert len(list(db.session.scalars(select(AuditRow.id)))) == noted
