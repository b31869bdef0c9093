"""The interface of a face check: a provider looks at the face and says yes or no. No picture ever comes here.

A provider is a plug-in of the group `pingzheng.face_checks`, chosen by FACE_CHECK; it is constructed with the settings.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias


@dataclass(frozen=True, kw_only=True)
class FaceRequest:
    """Whose face is to be checked, and where the browser returns.

    nonce: 64 hex digits; the provider keeps it with its verdict. A repeated request with the same nonce is the same check.
    purpose: `activation`, `rebinding`, `pin_reset`, `unfreezing`, `family_holder` or `family_member`.
    return_url: absolute, to be opened by GET unchanged.
    """

    nonce: str
    purpose: str
    name: str
    cert_type: str
    cert_no: str
    return_url: str


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """The person's browser goes to `url`, a page of the provider."""

    reference: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Capture:
    """The person does the check elsewhere (an app, a device); `instructions` say how, in Chinese. `back`: filled in by us."""

    reference: str
    instructions: str
    back: str = ""


Handover: TypeAlias = Redirect | Capture


@dataclass(frozen=True, kw_only=True)
class FaceResult:
    passed: bool
    provider: str
    reference: str
    at: datetime


class FaceCheckDown(Exception):
    """The provider cannot be reached, or its answer cannot be understood or trusted. The reason is for the log."""


class ForeignResult(Exception):
    """The provider answered with the verdict of another check."""


class FaceCheck(Protocol):
    name: str

    def start(self, request: FaceRequest) -> Handover:
        """Raises FaceCheckDown."""

    def fetch_result(self, reference: str, nonce: str) -> FaceResult | None:
        """The verdict, fetched from server to server; None while there is none. Raises FaceCheckDown, ForeignResult."""

    def page_origins(self) -> tuple[str, ...]:
        """Origins a browser may be sent to, for the form-action of our pages; empty if it stays on this site."""
