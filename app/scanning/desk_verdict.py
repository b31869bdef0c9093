"""What an operator reads after a scan, taken from the answer a hospital's system would get. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

_SHOWN_BY = {"self": _l("本人出示"), "family": _l("家人代为出示"), "slip": _l("出示纸质码")}


@dataclass(frozen=True)
class Verdict:
    """challenge: two digits the holder must be told, or empty."""

    is_accepted: bool
    message: str = ""
    next: str = ""
    help_code: str = ""
    challenge: str = ""
    name: str = ""
    cert_no: str = ""
    region: str = ""
    shown_by: Any = ""
    is_specimen: bool = False


def read_verdict(answer: bytes | Mapping[str, Any]) -> Verdict:
    """answer: the API's answer, as bytes or already parsed."""
    content = json.loads(answer) if isinstance(answer, bytes) else answer
    if content["code"] != 0:
        return Verdict(False, content["message"], content["next"], content["helpCode"], challenge=content.get("challenge", ""))
    data = content["data"]
    return Verdict(
        True,
        name=data["userName"],
        cert_no=data["idNo"],
        region=data["insuOrg"],
        shown_by=_SHOWN_BY.get(data["extData"]["shownBy"], ""),
        is_specimen=data["extData"]["specimen"],
    )
