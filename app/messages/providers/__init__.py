"""Ways to send a short message. Another package offers its own under the entry-point group `pingzheng.sms_senders`."""

from collections.abc import Callable
from typing import Protocol

from app.config import Settings

GROUP = "pingzheng.sms_senders"


class SendingFailed(Exception):
    """The message did not go out, or nobody can say so. Carries no text and no number."""


class SendingRefused(SendingFailed):
    """The gateway will not take this message, however often it is asked."""


class SmsSender(Protocol):
    def send(self, phone: str, text: str, *, key: str) -> None:
        """Sends `text` to eleven digits; the same `key` sends at most once. Bounded in time.

        Raises SendingFailed, or SendingRefused when asking again is of no use.
        """


Factory = Callable[[Settings], SmsSender]
