"""Ways to send an SMS. Another package offers its own under the entry-point group `pingzheng.sms_senders`."""

from collections.abc import Callable
from typing import Protocol

from app.config import Settings

GROUP = "pingzheng.sms_senders"


class SendingFailed(Exception):
    """The message was not sent, or it is unknown whether it was. Contains neither the text nor the number."""


class SendingRefused(SendingFailed):
    """The gateway will never accept this message, however often it is tried."""


class SmsSender(Protocol):
    def send(self, phone: str, text: str, *, key: str) -> None:
        """Sends `text` to a number of eleven digits; the same `key` sends at most once. Bounded in time.

        Raises SendingFailed, or SendingRefused when a retry is of no use.
        """


Factory = Callable[[Settings], SmsSender]
