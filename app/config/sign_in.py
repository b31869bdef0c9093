"""Settings of sign-in, proof of identity and recovery for citizens. A maximum taken from contract 1 is the highest it allows."""

from dataclasses import dataclass

from app.config.fields import whole


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class SignInSettings:
    """SMS codes and sessions."""

    sms_resend_seconds: int = whole(
        60,
        30,
        600,
        "seconds",
        "How long one waits before another SMS code can be asked for.",
        "两次获取短信验证码之间至少隔多久。",
    )
    sms_per_number_hour: int = whole(
        5, 1, 5, "messages an hour", "SMS to one number (contract 1: at most 5).", "每小时向一个号码最多发几条短信。"
    )
    sms_per_address_hour: int = whole(
        20,
        1,
        20,
        "messages an hour",
        "SMS asked for from one network address (contract 1: at most 20).",
        "每小时一个网络地址最多要几条短信。",
    )
    sms_per_bureau_hour: int = whole(
        2000,
        20,
        1_000_000,
        "messages an hour",
        "SMS of the whole bureau to browsers nobody knows, and as many again to report a loss; then an alarm.",
        "全局每小时最多向未登录过的浏览器发几条短信，挂失另有同样多；超过即告警。",
    )
    sms_guesses: int = whole(
        5,
        3,
        5,
        "guesses",
        "Wrong entries that end an SMS code (contract 1: at most 5; ASVS 6.6.3).",
        "短信验证码输错几次即作废。",
    )
    sms_valid_seconds: int = whole(
        300,
        60,
        600,
        "seconds",
        "How long an SMS code is good for (ASVS 6.5.5, NIST 800-63B: at most 10 minutes).",
        "短信验证码多久有效。",
    )
    sms_fresh_minutes: int = whole(
        30,
        5,
        60,
        "minutes",
        "How long an SMS code given in this session counts for acts that ask for one.",
        "本次登录中验证过短信后，多久之内办需要验证的事不必再验。",
    )
    session_idle_days: int = whole(30, 1, 90, "days", "A session that is not used for so long ends.", "多少天不用，登录自动结束。")
    session_absolute_days: int = whole(
        180, 1, 365, "days", "A session ends after so long even if it is used.", "登录最长保持多少天。"
    )
    session_keep_days: int = whole(
        30,
        1,
        365,
        "days",
        "How long a citizen's ended session stays in the database, so that it can be looked into.",
        "参保人已结束的登录记录保留多少天，以备查问。",
    )
    rebind_delay_hours: int = whole(
        24,
        24,
        168,
        "hours",
        "How long the old number has to object before an account moves to a new one.",
        "更换绑定手机须等多少小时，其间原手机可以阻止。",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class ActivationSettings:
    """From the first form to a proof of identity."""

    draft_days: int = whole(30, 1, 90, "days", "How long a half-filled application is kept.", "填了一半的申请保留多少天。")
    person_lookups_per_hour: int = whole(
        30,
        5,
        60,
        "tries an hour",
        "How often an account may try name and number of a person, for itself, a relative or a payer; more would be guessing.",
        "一个账户每小时最多填报几次姓名和证件号（本人、家人、共济人）；再多就是猜。",
    )
    face_attempts: int = whole(
        5,
        1,
        5,
        "failures a day",
        "Failed face checks of one person; then another way is offered (NIST 800-63B: at most 5).",
        "一个人每天人脸核验失败几次后改用其他方式。",
    )
    face_starts_per_hour: int = whole(
        20,
        5,
        100,
        "starts an hour",
        "Face checks one account may begin; what is begun and dropped is no failure, but the provider is paid for it.",
        "一个账户每小时最多发起几次人脸核验；中途放弃不算失败，但要付费。",
    )
    face_valid_seconds: int = whole(
        600,
        60,
        600,
        "seconds",
        "How long a face check may take, and then counts for the step it was made for.",
        "一次人脸核验多久内完成并有效。",
    )
    counter_code_days: int = whole(
        30, 1, 90, "days", "How long a code from the counter waits to be typed in.", "窗口核验码多少天内有效。"
    )
    counter_code_guesses: int = whole(
        5, 3, 10, "guesses", "Wrong entries that end a counter code of eight digits.", "八位窗口核验码输错几次即作废。"
    )
    counter_proof_hours: int = whole(
        24,
        1,
        72,
        "hours",
        "How long a counter code that was typed in counts for the next steps.",
        "窗口核验码输对后，多少小时内要办完后面的步骤。",
    )
    cert_guesses: int = whole(
        5,
        3,
        10,
        "guesses",
        "Wrong numbers of an identity document, typed as a proof of identity, until that way is closed for the day.",
        "凭证件号码证明身份时，一天输错几次就不能再试。",
        formerly="DOCUMENT_GUESSES",
    )
    proof_keep_days: int = whole(
        180,
        30,
        1095,
        "days",
        "How long a proof of identity stays; afterwards the audit log alone remembers it.",
        "身份核验记录保留多少天，之后只留在审计日志里。",
    )
    max_age_years: int = whole(
        150,
        100,
        200,
        "years",
        "A person older than this is taken for a mistake in the roster.",
        "名册里年龄超过多少岁按填错处理。",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class RecoverySettings:
    """A reset of the PIN, and a reported loss."""

    pin_reset_delay_hours: int = whole(
        24,
        24,
        168,
        "hours",
        "How long a reset of the display PIN waits, so that its owner can stop it.",
        "重设展码密码须等多少小时，其间本人可以阻止。",
    )
    pin_reset_open_days: int = whole(
        7, 1, 30, "days", "How long another PIN can be chosen once the delay is over.", "等待期过后，多少天内可以设新密码。"
    )
    lost_code_minutes: int = whole(
        30,
        10,
        60,
        "minutes",
        "How long the code for reporting a loss is good; a relative has to be called first.",
        "挂失验证码多少分钟有效；要先给家人打电话。",
    )
    lost_code_guesses: int = whole(
        5, 3, 10, "guesses", "Wrong entries that end a loss report's code.", "挂失验证码输错几次即作废。"
    )
    lost_code_per_person_hour: int = whole(
        3, 1, 10, "codes an hour", "Loss reports for one person.", "每小时一个人最多发几次挂失验证码。"
    )
    lost_code_per_address_hour: int = whole(
        10, 1, 60, "codes an hour", "Loss reports from one network address.", "每小时一个网络地址最多发几次挂失验证码。"
    )
