"""One more secret asked before something that cannot be undone. A higher feature provides the check."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import gettext as _

from app.accounts.models import Device
from app.core import clock
from app.core.display import moment
from app.core.errors import DomainError
from app.core.hooks import Hook


class Result(Protocol):
    """The result of a check; credentials' PinResult is one."""

    @property
    def ok(self) -> bool: ...
    @property
    def locked_until(self) -> datetime | None: ...
    @property
    def guesses_left(self) -> int: ...
    @property
    def unread(self) -> str: ...


provide_step_up: Hook[[Device, str], Result] = Hook(
    "accounts.provide_step_up",
    "Asked outside a transaction: is this the secret of this device, and if not, how many guesses are left?",
)


@dataclass(frozen=True)
class StepUp:
    ok: bool
    locked_until: datetime | None = None
    guesses_left: int = 0
    unread: str = ""  # why the input did not count as a guess

    @property
    def retry_after(self) -> int:
        """Seconds until it may be tried again; 0 when it may be now."""
        return max(1, clock.seconds_until(self.locked_until)) if self.locked_until else 0

    @property
    def sentence(self) -> str:
        if self.unread:
            return self.unread
        if self.locked_until:
            return str(_("展码密码输错太多次，请在 %(moment)s 以后再试。", moment=moment(self.locked_until)))
        return str(_("展码密码不对，还可以再试 %(count)s 次。", count=self.guesses_left))


def check_step_up(device: Device, pin: str) -> StepUp:
    """Checks the PIN of this device's account; one without a person needs none. Fails closed: without a check nothing passes."""
    if not device.account.is_activated:
        return StepUp(True)
    checks = provide_step_up.listeners()
    if not checks:
        raise DomainError("no_step_up", _("现在不能核对展码密码。"), _("请过几分钟再试，或拨打热线。"), status=503, retry_after=60)
    result = checks[0](device, pin)
    return StepUp(result.ok, result.locked_until, result.guesses_left, result.unread)
