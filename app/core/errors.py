"""A refusal a person can act on, and how it is shown."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(eq=False)
class DomainError(Exception):
    """A rule refused the request. `what`: what happened. `next`: what to do. The page adds whom to call.

    code: snake_case name, the same on a page and under /api. status: HTTP status. region: admdvs whose hotline helps.
    """

    code: str
    what: str
    next: str = ""
    status: int = 422
    field: str = ""
    region: str = ""
    retry_after: int = 0

    def __str__(self) -> str:
        return f"{self.code}: {self.what}"


class NotFound(DomainError):
    def __init__(self, what: str = "") -> None:
        super().__init__(
            "not_found", what or str(_l("没有找到这个页面。")), str(_l("请检查地址，或回到首页重新进入。")), status=404
        )


class TooMany(DomainError):
    """A limit was reached; `retry_after` seconds from now it will not be."""

    def __init__(self, what: str, next: str, retry_after: int) -> None:
        super().__init__("too_many_requests", what, next, status=429, retry_after=retry_after)
