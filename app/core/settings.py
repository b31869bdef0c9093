"""The settings of the running app, for rooms that must not know the request."""

from typing import Any, cast

from flask import current_app

from app.config import Settings

_app: Any = current_app


class _SettingsOfApp:
    """Read dozens of times by a request: werkzeug's proxy, which can be all that an object can, takes five times as long."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_app._get_current_object().config["SETTINGS"], name)


settings = cast(Settings, _SettingsOfApp())
