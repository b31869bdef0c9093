"""The HTTP adapter: a provider that speaks this small protocol, or a gateway of the bureau in front of one that does not.

`POST {FACE_CHECK_URL}/checks` with `Idempotency-Key` and a JSON FaceRequest → `{"reference", "url"}` or `{"reference",
"instructions"}`; `GET {FACE_CHECK_URL}/checks/<reference>?nonce=…` → `{"reference", "nonce", "state": "passed" | "failed" |
"pending", "at"}`. Both calls carry the bearer key; each answer carries `X-Signature`, the hex HMAC-SHA256 of its body under
the same key. `docs/face-check.md` describes it for providers.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from app.config import Settings
from app.proofs.face import Capture, FaceCheckDown, FaceRequest, FaceResult, ForeignResult, Handover, Redirect

TRIES = 3  # fixed: somebody waits for this page
PAUSE_SECONDS = 0.2  # fixed: doubled after each try
MAX_ANSWER_BYTES = 16 * 1024  # fixed: an answer has a few hundred


class HttpFaceCheck:
    name = "http"

    def __init__(self, settings: Settings) -> None:
        self._url = settings.face_check_url.rstrip("/")
        self._pages = settings.face_check_page_url or settings.face_check_url
        self._key = settings.face_check_key
        self._timeout = settings.face_check_timeout_seconds

    def start(self, request: FaceRequest) -> Handover:
        body = {
            "nonce": request.nonce,
            "purpose": request.purpose,
            "name": request.name,
            "cert_type": request.cert_type,
            "cert_no": request.cert_no,
            "return_url": request.return_url,
        }
        answer = self._ask("POST", "/checks", json=body, headers={"Idempotency-Key": request.nonce})
        reference = _text(answer, "reference", 120)
        if "instructions" in answer:
            return Capture(reference=reference, instructions=_text(answer, "instructions", 500))
        url = _text(answer, "url", 2000)
        if _origin(url) not in self.page_origins():
            raise FaceCheckDown("sends people to a page that is not among its own")
        return Redirect(reference=reference, url=url)

    def fetch_result(self, reference: str, nonce: str) -> FaceResult | None:
        answer = self._ask("GET", f"/checks/{quote(reference, safe='')}", params={"nonce": nonce})
        if _text(answer, "reference", 120) != reference or not hmac.compare_digest(_text(answer, "nonce", 64), nonce):
            raise ForeignResult(reference)
        state = _text(answer, "state", 20)
        if state == "pending":
            return None
        if state not in ("passed", "failed"):
            raise FaceCheckDown("unknown state")
        return FaceResult(passed=state == "passed", provider=self.name, reference=reference, at=_moment(answer))

    def page_origins(self) -> tuple[str, ...]:
        origin = _origin(self._pages)
        return (origin,) if origin else ()

    def _ask(self, method: str, path: str, *, headers: Mapping[str, str] = {}, **content: Any) -> dict[str, Any]:
        """One answer, from at most TRIES requests; a retry is safe, because a start carries its nonce as idempotency key."""
        if not self._key:
            raise FaceCheckDown("FACE_CHECK_KEY is missing")  # with an empty key anybody could sign
        headers = {"Authorization": f"Bearer {self._key}", **headers}
        reason = ""
        with httpx.Client(timeout=self._timeout, follow_redirects=False) as client:
            for attempt in range(TRIES):
                if attempt:
                    time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
                try:
                    status, signature, body = self._send(client, method, path, headers, content)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    reason = type(error).__name__
                    continue
                if status >= 500:
                    reason = f"HTTP {status}"
                    continue
                if status not in (200, 201):
                    raise FaceCheckDown(f"HTTP {status}")
                return self._read(body, signature)
        raise FaceCheckDown(reason)

    def _send(
        self, client: httpx.Client, method: str, path: str, headers: Mapping[str, str], content: dict[str, Any]
    ) -> tuple[int, str, bytes]:
        """Reads at most MAX_ANSWER_BYTES and no longer than the timeout in all, so that a trickling answer ends too."""
        until = time.monotonic() + self._timeout
        body = b""
        with client.stream(method, self._url + path, headers=headers, **content) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise FaceCheckDown("answer too long")
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("the whole answer took too long")
            return response.status_code, response.headers.get("X-Signature", ""), body

    def _read(self, body: bytes, signature: str) -> dict[str, Any]:
        expected = hmac.digest(self._key.encode(), body, hashlib.sha256).hex()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise FaceCheckDown("wrong signature")
        try:
            answer = json.loads(body)
        except ValueError:
            raise FaceCheckDown("not JSON") from None
        if not isinstance(answer, dict):
            raise FaceCheckDown("not a JSON object")
        return answer


def _text(answer: dict[str, Any], field: str, longest: int) -> str:
    value = answer.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise FaceCheckDown(f"{field} is missing or not usable")
    return value


def _moment(answer: dict[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(_text(answer, "at", 40))
    except ValueError:
        raise FaceCheckDown("at is not a moment") from None
    if at.tzinfo is None:
        raise FaceCheckDown("at has no time zone")
    return at


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
