"""How the site gets onto the home screen of just this browser; nothing once the reader has waved it away."""

from enum import Enum

from flask import request

COOKIE = "install_hint"
DISMISSED = "no"


class Hint(Enum):
    """Which way this browser goes. The names are anchors of the help page home-screen."""

    wechat = "wechat"  # its own browser puts nothing on the home screen: open the page elsewhere first
    iphone = "iphone"  # Safari's share sheet; other browsers on an iPhone cannot or hide it
    android = "android"  # Chromium asks by itself, others have it in their menu
    computer = "computer"


def find_hint() -> Hint | None:
    if request.cookies.get(COOKIE) == DISMISSED:
        return None
    return hint_for(request.user_agent.string)


def hint_for(user_agent: str) -> Hint:
    """Order matters: WeChat on an iPhone calls itself both."""
    if "MicroMessenger" in user_agent:
        return Hint.wechat
    if any(mark in user_agent for mark in ("iPhone", "iPad", "iPod")):
        return Hint.iphone
    return Hint.android if any(mark in user_agent for mark in ("Android", "HarmonyOS", "Mobile")) else Hint.computer
