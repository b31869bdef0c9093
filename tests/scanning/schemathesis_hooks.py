"""Loaded by schemathesis: half of the fitting bodies come from the key's own institution, so that more is tried than 2003."""

import re
from typing import Any

import schemathesis

_count = iter(range(10**9))


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    fits = (
        isinstance(body, dict)
        and isinstance(body.get("orgId"), str)
        and re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]{1,40}", body["orgId"])
    )
    if fits and next(_count) % 2:
        return {**body, "orgId": "H51060000001"}
    return body
