"""What an identity proof is needed for: each errand knows whom it is about, where it began and what follows a proof."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import ConsentPurpose
from app.accounts.queries import has_consent, list_notices
from app.accounts.service import has_fresh_sms, record_consent
from app.accounts.visitor import current_visitor
from app.activation import models, queries, service
from app.activation.models import DraftStep
from app.activation.policy import may_activate
from app.activation.routes.answers import draft_at, go_to
from app.core.errors import NotFound
from app.credentials.models import Credential, CredentialStatus
from app.credentials.queries import find_credential_of
from app.proofs.models import IdentityProof, ProofPurpose
from app.roster.models import InsuredPerson
from app.roster.queries import get_person


class Errand:
    """slug: the first part of its addresses. ways: the endpoint of the page that offers the ways of proof."""

    slug: str
    ways: str
    purpose: ProofPurpose
    step: int | None = None

    def person(self) -> InsuredPerson:
        """The person whose identity is to be proved. Redirects the visitor when this is not the place or the time."""
        if current_visitor.account.person_id is None:
            go_to("activation.show_activation")
        return get_person(current_visitor.account.person_id)

    def has_agreed(self, person: InsuredPerson) -> bool:
        """Whether the person has agreed to the face check."""
        return has_consent(person.id, ConsentPurpose.face_check)

    def agree(self, person: InsuredPerson) -> None:
        record_consent(current_visitor.account.id, person.id, list_notices(ConsentPurpose.face_check))

    def may_use_document(self) -> bool:
        """Whether the document number may be used instead of another proof, where this errand can be requested with it at all."""
        return True

    def arrive(self, proof: IdentityProof) -> ResponseReturnValue:
        """What follows a passed proof."""
        raise NotImplementedError


class Activation(Errand):
    slug, ways, purpose, step = "activation", "activation.new_proof", ProofPurpose.activation, 3

    def person(self) -> InsuredPerson:
        if not may_activate.allows():
            go_to("activation.show_rebinding")
        person = draft_at(DraftStep.proof).person
        assert person is not None
        return person

    def has_agreed(self, person: InsuredPerson) -> bool:
        return queries.has_agreed_to_face(draft_at(DraftStep.proof))

    def agree(self, person: InsuredPerson) -> None:
        """In an activation this consent is given only on the second page, beside the others."""
        go_to("activation.new_consent")

    def arrive(self, proof: IdentityProof) -> ResponseReturnValue:
        service.note_proof(draft_at(DraftStep.proof))
        return redirect(url_for("activation.new_pin"), 303)


class Rebinding(Errand):
    slug, ways, purpose = "re-binding", "activation.show_rebinding", ProofPurpose.rebinding

    def person(self) -> InsuredPerson:
        if current_visitor.is_trusted:
            go_to("activation.show_rebinding")
        return super().person()

    def arrive(self, proof: IdentityProof) -> ResponseReturnValue:
        service.bind_by_proof(current_visitor.session, proof)
        flash(_("本机已绑定。请输入您原来的展码密码。"), "done")
        return redirect(url_for("credentials.show_code"), 303)


class PinReset(Errand):
    slug, ways, purpose = "pin-reset", "activation.show_pin_reset", ProofPurpose.pin_reset

    def person(self) -> InsuredPerson:
        """A session may be a month old, so an SMS must show that the visitor holds the phone now. Not required of an account
        without a number, or when this device has a request waiting, which began with an SMS."""
        person = super().person()
        is_asked = queries.find_request(models.PinReset, current_visitor.device.id) is not None
        if current_visitor.phone and not is_asked and not has_fresh_sms(current_visitor.session):
            go_to("activation.new_pin_reset_sms")
        return person

    def may_use_document(self) -> bool:
        return has_fresh_sms(current_visitor.session)

    def arrive(self, proof: IdentityProof) -> ResponseReturnValue:
        return redirect(url_for("activation.edit_pin"), 303)


class Recovery(Errand):
    slug, ways, purpose = "recovery", "activation.show_recovery", ProofPurpose.unfreezing

    def credential(self) -> Credential:
        credential = find_credential_of(super().person().id)
        if credential is None or credential.status is not CredentialStatus.frozen:
            go_to("activation.show_lost")
        return credential

    def person(self) -> InsuredPerson:
        return self.credential().person

    def arrive(self, proof: IdentityProof) -> ResponseReturnValue:
        service.restore_credential(current_visitor.session, self.credential(), proof)
        flash(_("医保码已恢复使用。"), "done")
        return redirect(url_for("credentials.show_code"), 303)


_ERRANDS: dict[str, Errand] = {each.slug: each for each in (Activation(), Rebinding(), PinReset(), Recovery())}


def errand_of(slug: str) -> Errand:
    if slug not in _ERRANDS:
        raise NotFound
    return _ERRANDS[slug]
