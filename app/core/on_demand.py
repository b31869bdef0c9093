"""Libraries that most processes never need, loaded at their first use: each megabyte is held by every process that serves.

    if TYPE_CHECKING:
        import fpdf
    else:
        fpdf = on_demand("fpdf")

Type hints that name such a library stand in quotes. Only for libraries, never for modules of the app.
"""

from importlib import import_module
from typing import Any


class _OnDemand:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def on_demand(name: str) -> Any:
    """Stands for the library; whoever first asks it for something waits until it is loaded."""
    return _OnDemand(name)
