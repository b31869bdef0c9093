"""Registers the acts of the hotline that are counted as calls, and its background task."""

from flask import Flask

from app.core import background
from app.figures.service import provide_call_tags
from app.hotline import service
from app.hotline.audit_tags import HotlineTag

COUNTED = (
    HotlineTag.call_opened,
    HotlineTag.caller_verified,
    HotlineTag.caller_doubted,
    HotlineTag.frozen,
    HotlineTag.device_unbound,
    HotlineTag.link_unbound,
    HotlineTag.message_sent,
    HotlineTag.unfreezing_asked,
    HotlineTag.unfreezing_confirmed,
)


def register(app: Flask) -> None:
    provide_call_tags.listen(app, _list_call_tags)
    background.register(app, "hotline.expire_searches", 3600, service.expire_searches)


def _list_call_tags() -> tuple[HotlineTag, ...]:
    return COUNTED
