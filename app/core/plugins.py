"""Plug-ins, chosen by a setting: one of our own by name, or an entry point of an installed package.

The project runs from its checkout, so its own plug-ins cannot be entry points; each feature passes them in a dict. Another package
offers one under the feature's group, for example in its pyproject.toml:

    [project.entry-points."pingzheng.roster_sources"]
    county = "county_roster:CountySource"
"""

from importlib.metadata import entry_points
from typing import TypeVar

Plugin = TypeVar("Plugin")


class UnknownPlugin(RuntimeError):
    """A setting names a plug-in that nobody offers; the message lists the ones there are."""


def load_plugin(group: str, name: str, builtin: dict[str, Plugin]) -> Plugin:
    """The plug-in called `name`: looked up first in `builtin`, then in the entry points of `group` (`pingzheng.roster_sources`).

    Raises UnknownPlugin. Errors from importing another package pass through.
    """
    if name in builtin:
        return builtin[name]
    offered = entry_points(group=group)
    if name in offered.names:
        plugin: Plugin = offered[name].load()
        return plugin
    known = ", ".join(sorted({*builtin, *offered.names}))
    raise UnknownPlugin(f"{group}: there is no plug-in {name!r}; known are {known}")
