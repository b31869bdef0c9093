"""How to put the site on the home screen with this very browser; nothing once the reader has dismissed the hint."""

from enum import Enum

from flask import request

COOKIE = "install_hint"
DISMISSED = "no"


class Hint(Enum):
    """How this browser does it. The names are anchors of the help page home-screen."""

    wechat = "wechat"  # its own browser cannot put a page on the home screen: open it elsewhere first
    iphone = "iphone"  # Safari's share sheet; other browsers on an iPhone cannot do it or hide it
    android = "android"  # Chromium offers it by itself, others have it in their menu
    computer = "computer"


def find_hint() -> Hint | None:
    if request.cookies.get(COOKIE) == DISMISSED:
        return None
    return hint_for(request.user_agent.string)


def hint_for(user_agent: str) -> Hint:
    """The order matters: WeChat on an iPhone names both in its user agent."""
    if "MicroMessenger" in user_agent:
        return Hint.wechat
    if any(mark in user_agent for mark in ("iPhone", "iPad", "iPod")):
        return Hint.iphone
    return Hint.android if any(mark in user_agent for mark in ("Android", "HarmonyOS", "Mobile")) else Hint.computer
