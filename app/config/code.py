"""Settings of the code, of what unlocks it, and of scanning. Contract 4 fixes how long a code lives, so the maxima are tight."""

from dataclasses import dataclass

from app.config.choices import CodeDigest
from app.config.fields import choice, flag, real, whole


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class CodeSettings:
    """How a code is made and how long it is valid."""

    code_digest: CodeDigest = choice(
        CodeDigest.sha256,
        "The digest under which new code masters derive keys: sha256, or sm3 where the rules ask for it.",
        "新主密钥派生密钥所用的摘要算法：sha256，或规定要求时用 sm3。",
    )
    code_period_seconds: int = whole(
        30, 15, 60, "seconds", "How often a shown code is drawn anew (contract 4: 30).", "医保码每隔多少秒更新。"
    )
    code_past_seconds: int = whole(
        60,
        30,
        60,
        "seconds",
        "A code older than this is expired, so that a screenshot is soon worthless (contract 4: at most 60).",
        "医保码产生后多少秒过期，使截图很快失效。",
    )
    code_future_seconds: int = whole(
        30,
        5,
        30,
        "seconds",
        "How far a phone's clock may be ahead of the server's (contract 4: at most 30).",
        "手机时钟最多可以比服务器快多少秒。",
    )
    typed_code_seconds: int = whole(
        120,
        30,
        120,
        "seconds",
        "How long the twelve digits under the code are good (contract 4: at most 120).",
        "医保码下方的十二位数字多少秒有效。",
    )
    typed_code_renew_seconds: int = whole(
        90, 20, 110, "seconds", "When the twelve digits on an open page are renewed.", "页面开着时，十二位数字每隔多少秒更新。"
    )
    typed_code_keep_hours: int = whole(
        24,
        1,
        72,
        "hours",
        "How long old digits are remembered, so that expired and used ones can be told apart.",
        "旧的十二位数字保留多少小时，以便说明是过期还是用过。",
    )
    master_overlap_days: int = whole(
        31,
        7,
        92,
        "days",
        "How long codes under an older master still verify (contract 4: 31).",
        "换主密钥后，旧主密钥的码还可以用多少天。",
    )
    handle_days: float = real(
        1.0,
        0.25,
        7.0,
        "days",
        "After so long an unlock gives the phone a new number, so that no camera can follow a person by it.",
        "多少天后解锁会换新的编号，使人无法凭编号跟踪。",
    )
    offline_days: int = whole(
        30,
        1,
        30,
        "days",
        "How long a phone may show codes without having spoken to the server (contract 4: 30).",
        "手机多少天不联网仍可出示。",
    )
    offline_uses: int = whole(
        10,
        1,
        10,
        "uses",
        "How often a phone may be scanned without having spoken to the server (contract 4: 10).",
        "手机不联网最多可以扫几次。",
    )
    forged_tags: int = whole(
        5, 1, 10, "codes", "Forged codes under one number within the hours below that end it.", "同一编号下出现几次伪造的码即作废。"
    )
    forged_tags_per_institution: int = whole(
        2, 1, 10, "codes", "How many of them one institution can add, so that none alone ends a code.", "其中一家机构最多计几次。"
    )
    forged_tag_hours: int = whole(24, 1, 168, "hours", "How long a forged code is counted.", "伪造的码在多少小时内累计。")
    slips_per_person_day: int = whole(
        10, 1, 20, "slips a day", "Paper slips for one person from the counter.", "窗口一天最多给一个人开几张纸质码。"
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class PinSettings:
    """What unlocks the code."""

    pin_guesses: int = whole(
        5,
        3,
        10,
        "guesses",
        "Wrong display PINs until the account's PIN is locked (contract 1: 5; NIST 800-63B, activation secrets: at most 10).",
        "展码密码输错几次即锁定。",
    )
    pin_lock_minutes: int = whole(
        15, 15, 1440, "minutes", "How long a locked PIN stays locked (contract 1: 15 minutes at least).", "展码密码锁定多少分钟。"
    )
    pin_failures_in_a_row: int = whole(
        20,
        5,
        100,
        "guesses",
        "Wrong PINs in a row on one device, however long it takes; then it is trusted no more (NIST 800-63B: at most 100).",
        "一台设备连续输错几次后不再受信任，无论隔多久。",
    )
    relock_minutes: int = whole(
        5, 1, 15, "minutes", "How long an unlocked code stays open.", "解锁后多少分钟内出示医保码不必再输密码。"
    )
    passkey_offer_unlocks: int = whole(
        3,
        1,
        100,
        "unlocks",
        "A passkey is offered after the PIN was typed so often on a device.",
        "在一台设备上输几次密码后，提示可改用通行密钥。",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class ScanningSettings:
    """The institutions' interface, and number matching."""

    ec_query_per_second: int = whole(
        100, 1, 10_000, "calls a second", "Scans of one institution's key, in the long run.", "一家机构的密钥平均每秒最多扫几次。"
    )
    ec_query_burst: int = whole(200, 1, 20_000, "calls", "Scans of one key at once.", "一把密钥一下子最多扫几次。")
    wrong_typed_per_minute: int = whole(
        10,
        3,
        10,
        "numbers a minute",
        "Wrong typed numbers from one institution; then its typing rests and an alarm is raised (contract 1: at most 10).",
        "一家机构每分钟输错几次十二位数字即暂停并告警。",
    )
    api_max_bytes: int = whole(
        65_536, 4_096, 1_048_576, "bytes", "The largest body of one call (contract 5: 64 KiB).", "接口一次调用最大多少字节。"
    )
    answer_keep_minutes: int = whole(
        10,
        10,
        60,
        "minutes",
        "How long a repeated call gets the same answer (contract 5: 10).",
        "重复调用在多少分钟内得到同样的答复。",
    )
    ec_token_hours: int = whole(24, 1, 24, "hours", "How long an ecToken is good (contract 5: 24).", "ecToken 多少小时有效。")
    help_code_days: int = whole(
        30, 30, 365, "days", "How long a help code opens its event (contract 5: 30 at least).", "求助码多少天内查得到。"
    )
    challenge_seconds: int = whole(
        120, 30, 120, "seconds", "How long two digits can be answered (contract 5: at most 120).", "两位数字多少秒内可以回答。"
    )
    challenge_per_ten_minutes: int = whole(
        3, 1, 3, "questions", "Questions for one credential in ten minutes (contract 5: at most 3).", "十分钟内最多向一个人问几次。"
    )
    challenge_min_rules: int = whole(
        2, 2, 4, "rules", "So many risk rules must hit together (contract 5: at least 2).", "几条风险规则同时符合才询问。"
    )
    risk_first_use: bool = flag("Risk rule: the first use at this institution.", "风险规则：第一次在这家机构使用。")
    risk_other_city_minutes: int = whole(
        0,
        1,
        1440,
        "minutes",
        "Risk rule: used in another city less than so long ago.",
        "风险规则：多少分钟内在另一个市用过。",
        zero="the rule is off",
        zero_zh="不用这条规则",
    )
    risk_pharmacies_a_day: int = whole(
        0,
        1,
        50,
        "pharmacies",
        "Risk rule: used at so many pharmacies this day.",
        "风险规则：当天已在几家药店用过。",
        zero="the rule is off",
        zero_zh="不用这条规则",
    )
    risk_new_device_hours: int = whole(
        0,
        1,
        720,
        "hours",
        "Risk rule: the device is younger than this.",
        "风险规则：设备绑定不满多少小时。",
        zero="the rule is off",
        zero_zh="不用这条规则",
    )
