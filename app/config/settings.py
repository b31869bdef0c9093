"""The settings of a process, and whether it may serve with them."""

from collections.abc import Mapping
from dataclasses import Field, dataclass
from typing import Any

from app.config.checks import find_problems
from app.config.fields import Setting, settings_of
from app.config.values import Values


class SettingsError(SystemExit):
    """The process must not start. Each line of the message is a sentence for the operator that names a variable and the fix."""


@dataclass(frozen=True, kw_only=True)
class Settings(Values):
    """All settings, and the reasons, if any, why a process must not serve with them."""

    def problems(self) -> list[str]:
        """Sentences that say why this process must not serve; empty when it may."""
        return [*self.misspelt, *self.secret_problems(), *find_problems(self)]

    def refuse_problems(self) -> None:
        """Raises SettingsError with all problems, if there are any."""
        if found := self.problems():
            raise SettingsError("\n".join(found))


ALL: Mapping[str, tuple[Field[Any], Setting]] = settings_of(Settings)  # keyed by the name of the variable
