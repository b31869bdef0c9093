"""This browser's display preferences: larger type in two sizes, higher contrast. Kept in cookies; no account is needed."""

from flask import request

ELDER_COOKIE = "elder"
CONTRAST_COOKIE = "contrast"

# Cookie value -> the mark on <html> that tokens.css looks for: main text of 22 px, of 30 px (工信部 适老化: 18, up to 30).
ELDER_SIZES = {"1": "large", "2": "largest"}
HIGH = "high"


def elder_size() -> str:
    """large, largest, or empty for the standard page."""
    return ELDER_SIZES.get(request.cookies.get(ELDER_COOKIE, ""), "")


def is_elder_mode() -> bool:
    return elder_size() != ""


def has_high_contrast() -> bool:
    return request.cookies.get(CONTRAST_COOKIE) == HIGH


def page_look() -> tuple[str, bool]:
    """All that <html> is marked with for this reader; a cache of rendered pages needs one entry for each value."""
    return elder_size(), has_high_contrast()
