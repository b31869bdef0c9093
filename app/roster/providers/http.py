"""A roster served over HTTP: pages of JSON, read with a cursor.

GET <ROSTER_URL>?limit=1000[&cursor=<next of the page before>] with `Authorization: Bearer <ROSTER_KEY>` answers
`{"rows": [{"cert_type": "01", "cert_no": "…", "name": "…", "insured_region": "510603", "insutype": "310", …}], "next": "…" | null,
"total": 123}`; keys of a row are those of `columns.py`, `total` may be missing.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from flask_babel import gettext as _

from app.config import Settings
from app.core.logs import log
from app.roster.providers import RosterSource, SourceRefused

PAGE_ROWS = 1000
TRIES = 4  # fixed: a night's import should not end at a restart of its source
PAUSE_SECONDS = 0.5  # fixed: before the second try; doubled for each further one
LONGEST_PAUSE_SECONDS = 30.0  # fixed: however long its source asks to wait
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_PASSING = {429, 500, 502, 503, 504}


def open_http(settings: Settings, _location: str, _encoding: str) -> RosterSource:
    """Opens the source. Raises SourceRefused if the settings name no address, or one that would send personal data in clear."""
    address = urlsplit(settings.roster_url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise SourceRefused(_("没有设置名册来源的地址 ROSTER_URL。"))
    if address.scheme == "http" and not settings.is_demo:
        raise SourceRefused(_("名册来源的地址必须以 https:// 开头。"))
    return HttpSource(settings.roster_url, settings.roster_key)


class HttpSource:
    def __init__(self, url: str, key: str, *, page_rows: int = PAGE_ROWS, pause_seconds: float = PAUSE_SECONDS) -> None:
        self.title = urlsplit(url).hostname or ""
        self.size = self.position = 0
        self._url, self._page_rows, self._pause = url, page_rows, pause_seconds
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._client = httpx.Client(timeout=_TIMEOUT, headers=headers)
        self._first: list[Mapping[str, object]] | None = None
        self._next: str | None = None

    def columns(self) -> list[str]:
        """The keys that rows of the first page have."""
        if self._first is None:
            self._first = self._fetch(None)
        if not self._first:
            raise SourceRefused(_("名册来源里一个人也没有。"), _("名册没有任何改动。请检查来源。"))
        return list(dict.fromkeys(key for row in self._first for key in row))

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        self.columns()
        page, seen = self._first or [], set()
        while True:
            for row in page:
                self.position += 1
                yield self.position, row
            cursor = self._next
            if not cursor:
                return
            if cursor in seen:
                raise SourceRefused(_("名册来源一直回到同一页，没有读完。"))
            seen.add(cursor)
            page = self._fetch(cursor)

    def close(self) -> None:
        self._client.close()

    def _fetch(self, cursor: str | None) -> list[Mapping[str, object]]:
        response = self._get({"limit": str(self._page_rows)} | ({"cursor": cursor} if cursor else {}))
        try:
            body: Any = response.json()
            rows, following = body["rows"], body.get("next")
            self.size = int(body.get("total") or 0)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SourceRefused(_("名册来源的回答看不懂。")) from None
        is_page = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
        if not is_page or not isinstance(following, str | None):
            raise SourceRefused(_("名册来源的回答看不懂。"))
        self._next = following
        return list(rows)

    def _get(self, parameters: dict[str, str]) -> httpx.Response:
        """Fetches one page. Temporary errors are retried a few times, with growing pauses."""
        pause = self._pause
        for attempt in range(1, TRIES + 1):
            wait = pause
            try:
                response = self._client.get(self._url, params=parameters)
                if response.status_code == 200:
                    return response
                if response.status_code in {401, 403}:
                    raise SourceRefused(_("名册来源不认这把钥匙。"), _("名册没有任何改动。请检查 ROSTER_KEY。"))
                reason = str(response.status_code)
                if response.status_code not in _PASSING:
                    raise SourceRefused(_("名册来源回答了错误 %(status)s。", status=response.status_code))
                wait = max(pause, _seconds(response.headers.get("Retry-After", "")))
            except httpx.TransportError as error:
                reason = type(error).__name__
            log.warning("roster_source_failed", attempt=attempt, reason=reason)
            if attempt < TRIES:
                time.sleep(min(wait, LONGEST_PAUSE_SECONDS))
                pause *= 2
        raise SourceRefused(_("连不上名册来源，已经试了 %(count)s 次。", count=TRIES), _("名册没有任何改动。请稍后再试。"))


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdecimal() else 0.0
