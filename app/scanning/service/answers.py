"""What comes in over the API and what it is answered with. No database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.crypto import vault
from app.credentials.queries.redeem import Shown
from app.roster.queries import cert_no_of
from app.scanning.reasons import Reason


@dataclass(frozen=True, slots=True)
class Call:
    """What came over HTTP. fault: the reason name of an unreadable body. retry_after: seconds to wait when over the limit, or 0.
    network: the caller's, as `core.networks` writes it; empty for a desk.
    """

    authorization: str
    body: object
    fault: str
    sha256: bytes
    retry_after: int
    network: str = ""

    @property
    def org_id(self) -> str:
        """orgId as it was sent, to be echoed in the answer; empty when it is not a short plain text."""
        sent = self.body.get("orgId") if isinstance(self.body, dict) else None
        return sent if isinstance(sent, str) and len(sent) <= 40 and sent.isascii() and sent.isprintable() else ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: Reason
    field: str = ""
    retry_after: int = 0
    challenge: str = ""


def word_refusal(found: Refusal, org_id: str, help_code: str) -> Answer:
    """The refusal as an API answer: its reason's fixed words, and `field`, `challenge` or Retry-After if it has one."""
    reason = found.reason
    content: dict[str, object] = {
        "code": reason.code,
        "reason": reason.name,
        "message": reason.message,
        "next": reason.next,
        "helpCode": help_code,
        "orgId": org_id,
    }
    if found.field:
        content["field"] = found.field
    if found.challenge:
        content["challenge"] = found.challenge
    headers = {}
    if found.retry_after:
        headers["Retry-After"] = str(found.retry_after)
    if reason.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(reason.status, to_json(content), headers)


def word_acceptance(shown: Shown, org_id: str, institution_id: int, token: str, scan_id: int) -> Answer:
    """Who the person is. ecIndexNo is always the same for one person at one institution, and differs between institutions."""
    index_number = vault.keyed_hash("ec-index", f"{shown.credential_id}:{institution_id}").hex()[:32]
    content: dict[str, object] = {
        "code": 0,
        "message": "成功",
        "orgId": org_id,
        "data": {
            "userName": shown.name,
            "idNo": cert_no_of(shown),
            "idType": shown.cert_type,
            "ecToken": token,
            "insuOrg": shown.insured_region,
            "ecIndexNo": index_number,
            "gender": shown.gender,
            "birthday": shown.birthday.isoformat() if shown.birthday else "",
            "nationality": shown.nationality,
            "extData": {
                "shownBy": shown.shown_by,
                "subject": "person",
                "specimen": shown.is_specimen,
                "scanId": str(scan_id),
            },
        },
    }
    return Answer(200, to_json(content))


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # `dumps` would make an encoder for each answer


def to_json(content: Mapping[str, object]) -> bytes:
    return _JSON.encode(content).encode()
