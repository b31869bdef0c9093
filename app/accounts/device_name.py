"""What to call a browser in the device list: "安卓手机 Chrome". Pure; a guess from the user agent, for recognition only."""

_SYSTEMS = (
    ("iphone", "苹果手机"),
    ("ipad", "苹果平板"),
    ("openharmony", "鸿蒙手机"),
    ("harmonyos", "鸿蒙手机"),
    ("android", "安卓手机"),
    ("windows", "Windows 电脑"),
    ("macintosh", "苹果电脑"),
    ("cros", "Chromebook"),
    ("linux", "Linux 电脑"),
)
# The first that fits: most browsers also carry the names of those they descend from.
_BROWSERS = (
    ("micromessenger", "微信"),
    ("alipayclient", "支付宝"),
    ("dingtalk", "钉钉"),
    ("huaweibrowser", "华为浏览器"),
    ("miuibrowser", "小米浏览器"),
    ("heytapbrowser", "OPPO 浏览器"),
    ("vivobrowser", "vivo 浏览器"),
    ("ucbrowser", "UC 浏览器"),
    ("mqqbrowser", "QQ 浏览器"),
    ("samsungbrowser", "三星浏览器"),
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)


def name_device(user_agent: str) -> str:
    """At most 60 characters; "其他设备" when nothing is known."""
    agent = user_agent.lower()
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if system == "安卓手机" and "mobile" not in agent:
        system = "安卓平板"
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    return " ".join(part for part in (system, browser) if part) or "其他设备"
