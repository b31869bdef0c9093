"""Every reason a scan can be refused for: one integer each (contract 5: 10nn say something about the code, 20nn about the request).

The words are for the desk, in Chinese whatever the browser's language, because they are part of an API answer. Help pages reuse
them under `/help/P-nn`; there `title` is a heading that anyone understands.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """code: the answer's integer. status: HTTP. message: what happened. next: what to do now."""

    code: int
    name: str
    status: int
    title: str
    message: str
    next: str

    @property
    def help_number(self) -> str:
        """The two digits after `P-`: 10nn is nn, 20nn is 50 + nn."""
        return f"{self.code - 1000 if self.code < 2000 else self.code - 1950:02d}"


_TABLE = (
    Reason(
        1001,
        "code_malformed",
        200,
        "扫到的不是医保码",
        "扫到的不是医保码，或者没有扫完整。",
        "请把扫码枪对准屏幕上的医保码，再扫一次。",
    ),
    Reason(1002, "code_forged", 200, "这张码核对不上", "这张码核对不上，不能使用。", "请持码人重新打开医保码页面，当面出示。"),
    Reason(
        1003,
        "code_renew",
        200,
        "这张码太旧，要换新的",
        "这部手机很久没有联网，医保码需要更新。",
        "请持码人连上网络，重新打开医保码页面。",
    ),
    Reason(1004, "code_expired", 200, "这张码过期了", "这张码已过期。", "请持码人刷新医保码，再扫一次。"),
    Reason(
        1005,
        "code_early",
        200,
        "手机时间不准",
        "这张码的时间在现在之后，可能是手机时间不准。",
        "请持码人连上网络刷新医保码，再扫一次。",
    ),
    Reason(1006, "code_used", 200, "这张码用过了", "这张码已经用过了，一张码只能用一次。", "请持码人刷新医保码，再扫一次。"),
    Reason(
        1007,
        "link_ended",
        200,
        "出示这张码的绑定已结束",
        "出示这张码的绑定已结束，或手机上已换了新码。",
        "请持码人重新打开医保码页面再出示，也可以用身份证办理。",
    ),
    Reason(
        1008,
        "credential_frozen",
        200,
        "医保码已挂失",
        "这张码已挂失，不能使用。",
        "请用身份证或社保卡办理。如不是本人挂失，请持码人拨打参保地医保热线。",
    ),
    Reason(
        1009,
        "credential_inactive",
        200,
        "医保码已停用",
        "这位参保人的医保码已停用。",
        "请用身份证或社保卡办理。请持码人重新激活医保码。",
    ),
    Reason(
        1010,
        "insured_suspended",
        200,
        "参保状态不正常",
        "这位参保人现在不能享受医保待遇。",
        "请先按自费办理，并请本人拨打参保地医保热线。",
    ),
    Reason(
        1011,
        "offline_limit",
        200,
        "手机太久没有联网",
        "这部手机离线出示的次数或天数已到上限。",
        "请持码人连上网络，打开一次医保码页面再出示。",
    ),
    Reason(
        1012,
        "slip_wrong_place",
        200,
        "纸质码不能在这里用",
        "这张纸质码不能在本机构办这项业务。",
        "请对照纸质码上写明的地点和业务，或用身份证办理。",
    ),
    Reason(
        1013,
        "scene_not_enabled",
        200,
        "本机构还没有开通这项业务",
        "本机构还没有开通这项用码业务。",
        "请用身份证或社保卡办理；需要开通请联系医保局。",
    ),
    Reason(
        1014,
        "challenge_required",
        200,
        "还要核对两位数字",
        "为了安全，这一次还要核对两位数字。",
        "请把屏幕上的两位数字告诉持码人，请他在手机上输入后再扫一次。",
    ),
    Reason(
        1015,
        "challenge_wrong",
        200,
        "核对的数字不对",
        "持码人输入的两位数字不对。",
        "请重新扫医保码，再核对一次；多次不对请用身份证办理。",
    ),
    Reason(
        1016,
        "specimen",
        200,
        "这是测试用的样码",
        "这是测试用的样码，不是真人的医保码。",
        "请持码人出示本人的医保码；样码只能在测试环境使用。",
    ),
    Reason(
        2001,
        "key_invalid",
        401,
        "接口密钥不对",
        "接口密钥不对，或者已经停用。",
        "请信息科核对 Authorization 里的密钥，需要新密钥请联系医保局。",
    ),
    Reason(2002, "institution_disabled", 403, "本机构的接口已停用", "本机构的接口已停用。", "请联系医保局恢复。"),
    Reason(
        2003,
        "org_mismatch",
        403,
        "机构编号与密钥不一致",
        "请求里的机构编号与密钥所属的机构不一致。",
        "请信息科核对 orgId 与密钥是否属于同一家机构。",
    ),
    Reason(
        2004,
        "request_invalid",
        422,
        "请求内容不符合要求",
        "请求里有一项内容不符合要求。",
        "请信息科对照接口文档检查 field 指出的那一项。",
    ),
    Reason(2005, "too_many_requests", 429, "请求太多", "请求太多，超过了上限。", "请稍等片刻再试，等待的秒数写在 Retry-After 里。"),
    Reason(
        2006,
        "biz_no_reused",
        409,
        "业务流水号重复",
        "这个 outBizNo 在十分钟内已用于另一个请求。",
        "请信息科为每个新请求换一个新的 outBizNo。",
    ),
    Reason(
        2007,
        "body_invalid",
        400,
        "请求内容不是 JSON",
        "请求内容不是 UTF-8 编码的 JSON。",
        "请信息科检查请求正文，用 UTF-8 编码的 JSON 对象发送。",
    ),
    Reason(
        2008,
        "media_type",
        415,
        "请求的内容类型不对",
        "请求的内容类型不对。",
        "请信息科把 Content-Type 设为 application/json; charset=utf-8。",
    ),
    Reason(2009, "too_large", 413, "请求内容太大", "请求内容超过 64 KB。", "请信息科检查请求正文，去掉多余内容。"),
    Reason(
        2010,
        "try_again",
        503,
        "系统现在办不了",
        "现在连不上医保局的系统，这次没有办成。",
        "请过几秒用同一个 outBizNo 再发一次，不会重复办理。",
    ),
    Reason(2011, "not_found", 404, "没有这个接口地址", "没有这个接口地址。", "请信息科对照接口文档检查请求地址。"),
    Reason(
        2012,
        "method_not_allowed",
        405,
        "请求方法不对",
        "这个接口地址不接受这种请求方法。",
        "请信息科对照接口文档检查请求方法，可用的方法写在 Allow 里。",
    ),
    Reason(
        2013,
        "internal_error",
        500,
        "系统出了问题",
        "系统出了问题，已经记录下来。",
        "请过几分钟再试；仍然不行请联系医保局，并报出 helpCode。",
    ),
    Reason(
        2014,
        "sandbox_only",
        403,
        "这个接口只供测试使用",
        "这个接口只供测试环境的密钥使用。",
        "请信息科换用测试环境的密钥，正式环境请扫真实的医保码。",
    ),
)

REASONS: dict[int, Reason] = {reason.code: reason for reason in _TABLE}
BY_NAME: dict[str, Reason] = {reason.name: reason for reason in _TABLE}
BY_HELP_NUMBER: dict[str, Reason] = {reason.help_number: reason for reason in _TABLE}


def reason_of_status(status: int) -> Reason:
    """The reason that stands for an HTTP status when no particular reason was given."""
    for reason in _TABLE:
        if reason.status == status and status != 200:
            return reason
    return BY_NAME["internal_error"] if status >= 500 else BY_NAME["body_invalid"]
