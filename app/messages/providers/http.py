"""Sends through a gateway that takes JSON over HTTP, as most carriers' and bureaus' own gateways do.

`POST SMS_URL` with `Idempotency-Key` and, where a key is set (in production always), `Authorization: Bearer SMS_KEY`; body
`{"phone", "text", "key"}`; any 2xx is accepted.
"""

import time

import httpx

from app.config import Settings
from app.messages.providers import SendingFailed, SendingRefused

TRIES = 3  # fixed: somebody waits for this page
PAUSE_SECONDS = 0.2  # fixed: doubled after each try


class HttpSender:
    def __init__(self, settings: Settings) -> None:
        self._url = settings.sms_url
        self._key = settings.sms_key
        self._timeout = settings.sms_timeout_seconds

    def send(self, phone: str, text: str, *, key: str) -> None:
        """Retries on a broken connection, 429 and 5xx until the timeout is used up; any other refusal is final."""
        if not self._url:
            raise SendingFailed("SMS_URL is not set")
        ends_at = time.monotonic() + self._timeout
        reason = ""
        for number in range(TRIES):
            left = ends_at - time.monotonic() - (PAUSE_SECONDS * number)
            if left <= 0:
                break
            if number:
                time.sleep(PAUSE_SECONDS * number)
            reason = self._try(phone, text, key, left)
            if not reason:
                return
        raise SendingFailed(reason or "timeout")

    def _try(self, phone: str, text: str, key: str, timeout: float) -> str:
        """Empty when it was accepted, else the reason, and it may be retried. Raises SendingRefused when it may not."""
        headers = {"Idempotency-Key": key}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            answer = httpx.post(
                self._url, json={"phone": phone, "text": text, "key": key}, headers=headers, timeout=timeout, trust_env=False
            )
        except httpx.HTTPError as error:
            return type(error).__name__
        if answer.is_success:
            return ""
        if answer.status_code == 429 or answer.status_code >= 500:
            return f"status {answer.status_code}"
        raise SendingRefused(f"status {answer.status_code}")
