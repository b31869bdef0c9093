"""The form fields that ask for an insured person, and their checks. Each form has its own order and labels."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.regions.models import Region
from app.roster.identity import CERT_TYPES, Cert, InvalidCert, InvalidName, clean_name, parse_cert

_LONGEST_TYPED = 100  # fixed: characters; the longest document number has 18
_CERT_TYPE = _l("证件类型")


def cert_type_field(label: Any = _CERT_TYPE) -> Field:
    """A choice of psn_cert_type; the default is the identity card. A type that does not exist is refused with the number."""
    return SelectField(label, choices=[SelectChoice(*item) for item in CERT_TYPES.items()], default="01", validate_choice=False)


def read_cert(cert_type: str, typed: Field) -> Cert:
    """Reads an identity document. Raises ValidationError with the sentence for the person who typed it."""
    try:
        return parse_cert(cert_type, (typed.data or "")[:_LONGEST_TYPED])
    except InvalidCert as error:
        raise ValidationError(str(error)) from None


class AsksCert:
    """For a form with `cert_type` and `cert_no`: once the form is valid, `cert` is the identity document."""

    cert_type: Field
    cert: Cert

    def validate_cert_no(self, field: Field) -> None:
        self.cert = read_cert(self.cert_type.data or "", field)


class AsksPerson(AsksCert):
    """For a form that also has `name`. The name stays as it was typed."""

    def validate_name(self, field: Field) -> None:
        try:
            clean_name(field.data or "")
        except InvalidName as error:
            raise ValidationError(str(error)) from None


class AsksInsuredPerson(AsksPerson):
    """For a form that also has `region`, where the person is insured; it may stay empty."""

    region: SelectField
    _regions: dict[str, str]

    def offer_regions(self, regions: Iterable[Region]) -> None:
        self._regions = {region.code: region.name for region in regions}
        self.region.choices = [SelectChoice("", _("请选择")), *(SelectChoice(*item) for item in self._regions.items())]

    def as_typed(self, *names: str) -> dict[str, str]:
        """The content of these fields, cut to a sane length, for the draft."""
        return {name: (getattr(self, name).data or "")[:_LONGEST_TYPED] for name in names}

    def validate_region(self, field: Field) -> None:
        if field.data and field.data not in self._regions:
            raise ValidationError(_("请从列表里选参保地。"))
