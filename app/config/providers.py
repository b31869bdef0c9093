"""Settings of the providers outside this system: which plug-in is used, and how it reaches its provider."""

from dataclasses import dataclass

from app.config.fields import plugin, real, secret, text


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class ProviderSettings:
    """SMS, face check and roster."""

    sms_sender: str = plugin(
        "console",
        "pingzheng.sms_senders",
        ("console", "http"),
        "What sends SMS: `http`, or `console`, which sends nothing and belongs to the demo.",
        "用什么发短信：http；console 并不发送，只用于试用。",
    )
    sms_url: str = text("", "The address of the SMS gateway.", "短信网关的地址。")
    sms_key: str = secret("The key for the SMS gateway.", "短信网关的密钥。")
    sms_timeout_seconds: float = real(
        4.0, 0.5, 30.0, "seconds", "How long one attempt to hand over an SMS may take.", "一次发送短信最多等多久。"
    )
    face_check: str = plugin(
        "stub",
        "pingzheng.face_checks",
        ("stub", "http"),
        "What checks faces: `http`, or `stub`, which lets anybody pass and belongs to the demo.",
        "用什么核验人脸：http；stub 谁都放行，只用于试用。",
    )
    face_check_url: str = text("", "The address of the face check's provider, https.", "人脸核验服务的地址，须为 https。")
    face_check_page_url: str = text(
        "",
        "Where browsers are sent for the check, if elsewhere than the provider's address.",
        "浏览器前往核验的地址，与服务地址不同时才填。",
    )
    face_check_key: str = secret("The key for the face check's provider.", "人脸核验服务的密钥。")
    face_check_timeout_seconds: float = real(
        5.0, 0.5, 30.0, "seconds", "How long one call of the provider may take.", "一次调用人脸核验服务最多等多久。"
    )
    roster_source: str = plugin(
        "file",
        "pingzheng.roster_sources",
        ("file", "http"),
        "Where the roster of insured persons comes from when no file is named.",
        "不指定文件时，参保人名册从哪里来。",
    )
    roster_url: str = text("", "The address of the roster's source, https.", "名册来源的地址，须为 https。")
    roster_key: str = secret("The key for the roster's source.", "名册来源的密钥。")
