"""The settings of the running app, for modules that must not know the request."""

from typing import Any, cast

from flask import current_app

from app.config import Settings

_app: Any = current_app


class _SettingsOfApp:
    """Each request reads settings dozens of times. werkzeug's proxy, which imitates a whole object, takes five times as long."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_app._get_current_object().config["SETTINGS"], name)


settings = cast(Settings, _SettingsOfApp())
