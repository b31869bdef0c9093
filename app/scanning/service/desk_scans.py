"""The desk page as a caller of the same scanning service: the same rules, rows and answers as for a hospital's system."""

import hashlib
import json
from typing import Any

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.settings import settings
from app.institutions.models import Operator
from app.scanning.calls import QUERY
from app.scanning.queries.scan import find_stored_answer
from app.scanning.service.answers import Answer, Call
from app.scanning.service.ec_query import redeem_at_desk
from app.scanning.service.stored_answers import open_answer


def scan_at_desk(operator: Operator, slip: str, code: str, business_type: str, *, retry_after: int) -> tuple[str, Answer]:
    """slip: the number the form was printed with, so that sending it twice scans once. Returns the outBizNo and the answer.

    Another code with the same slip is another scan, so that an operator who went back in the browser is not refused.
    """
    number = number_of(operator, slip, code, business_type)
    body: dict[str, Any] = {
        "orgId": operator.institution.fixmedins_code,
        "transType": QUERY,
        "data": {
            "ecQrCode": code,
            "businessType": business_type,
            "operatorId": operator.operator_id,
            "operatorName": operator.name,
            "outBizNo": number,
        },
    }
    raw = json.dumps(body, sort_keys=True).encode()
    call = Call("", body, "", hashlib.sha256(raw).digest(), retry_after)
    return number, redeem_at_desk(operator.institution_id, call)


def number_of(operator: Operator, slip: str, code: str, business_type: str) -> str:
    """The outBizNo: names the operator, and reveals nothing of the code."""
    told = vault.keyed_hash("desk-number", f"{operator.id}:{slip}:{business_type}:{code}").hex()[:32]
    return f"desk-{operator.id}-{told}"


def read_answer(operator: Operator, number: str) -> dict[str, Any] | None:
    """The answer to this operator's scan within the last ten minutes; None for another operator's and once it is gone."""
    if not number.startswith(f"desk-{operator.id}-"):
        return None
    found = find_stored_answer(db.session.connection(), operator.institution_id, number)
    if found is None or found.answer is None or found.created_at <= int(clock.timestamp()) - settings.answer_keep_minutes * 60:
        return None
    opened = open_answer(found.answer, operator.institution_id, number)
    content: dict[str, Any] = json.loads(opened)
    return content
