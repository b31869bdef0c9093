"""What to call a browser in the device list: "安卓手机 Chrome". Pure; a guess from the user agent, for recognition only.

In the language of the person who signs in with it.
"""

from flask_babel import gettext as _

from app.core.locale import later

_SYSTEMS = (
    ("iphone", later("苹果手机")),
    ("ipad", later("苹果平板")),
    ("openharmony", later("鸿蒙手机")),
    ("harmonyos", later("鸿蒙手机")),
    ("android", later("安卓手机")),
    ("windows", later("Windows 电脑")),
    ("macintosh", later("苹果电脑")),
    ("cros", "Chromebook"),
    ("linux", later("Linux 电脑")),
)
# The first match counts: most browsers also carry the names of those they descend from.
_BROWSERS = (
    ("micromessenger", later("微信")),
    ("alipayclient", later("支付宝")),
    ("dingtalk", later("钉钉")),
    ("huaweibrowser", later("华为浏览器")),
    ("miuibrowser", later("小米浏览器")),
    ("heytapbrowser", later("OPPO 浏览器")),
    ("vivobrowser", later("vivo 浏览器")),
    ("ucbrowser", later("UC 浏览器")),
    ("mqqbrowser", later("QQ 浏览器")),
    ("samsungbrowser", later("三星浏览器")),
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)


def name_device(user_agent: str) -> str:
    """At most 60 characters; 其他设备 when nothing is known."""
    agent = user_agent.lower()
    is_tablet = "android" in agent and "mobile" not in agent and "harmony" not in agent
    system = later("安卓平板") if is_tablet else next((name for mark, name in _SYSTEMS if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    return " ".join(_(part) for part in (system, browser) if part) or _("其他设备")
