"""Settings of the bureau's own staff, and of the operators at institutions' desks."""

from dataclasses import dataclass

from app.config.choices import Separation
from app.config.fields import choice, whole


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class StaffSettings:
    """Sign-in of staff, approvals, jobs."""

    separation: Separation = choice(
        Separation.full,
        "`full` keeps the three administrators apart; `small`, for a small bureau, lets one person be system and security "
        "administrator.",
        "full 表示三个管理员必须分开；small 供人手少的局使用，一人可兼系统管理员和安全管理员。",
    )
    staff_guesses: int = whole(
        5,
        3,
        5,
        "guesses",
        "Wrong passwords or second factors from one device until sign-in is locked (contract 1: at most 5).",
        "工作人员在一台设备上输错几次密码或动态码即锁定。",
    )
    staff_guesses_from_strangers: int = whole(
        50,
        5,
        100,
        "guesses",
        "Wrong passwords under one name from all unknown devices together (NIST 800-63B: at most 100).",
        "所有陌生设备合计对一个用户名输错几次即锁定。",
    )
    staff_guesses_from_address: int = whole(
        50,
        5,
        100,
        "guesses",
        "Wrong passwords under all names from one network address (NIST 800-63B: at most 100).",
        "一个网络地址对所有用户名合计输错几次即锁定。",
    )
    staff_lock_minutes: int = whole(
        15,
        15,
        1440,
        "minutes",
        "How long a locked sign-in stays locked (contract 1: 15 minutes at least).",
        "锁定后多少分钟才能再试。",
    )
    staff_idle_minutes: int = whole(
        15,
        5,
        30,
        "minutes",
        "Staff who do nothing for so long are signed out (GB/T 22239; NIST 800-63B-3, AAL2: at most 30 minutes).",
        "工作人员多少分钟无操作即退出登录。",
    )
    staff_absolute_hours: int = whole(
        10,
        1,
        12,
        "hours",
        "Staff are signed out after so long in any case (NIST 800-63B-3, AAL2: at most 12 hours).",
        "工作人员一次登录最长多少小时。",
    )
    staff_second_step_minutes: int = whole(
        10,
        2,
        15,
        "minutes",
        "How long one may take between the password and the second factor.",
        "输对密码后，多少分钟内要完成第二步验证。",
    )
    staff_fresh_minutes: int = whole(
        15,
        5,
        30,
        "minutes",
        "After the second factor one may change one's factors for so long; later one signs in again.",
        "完成第二步验证后多少分钟内可以更改验证方式，过后须重新登录。",
    )
    staff_session_keep_days: int = whole(
        7,
        1,
        180,
        "days",
        "How long ended sessions of staff and operators stay in the database; the audit log keeps who signed in.",
        "工作人员和经办人已结束的登录记录保留多少天；谁登录过另有审计日志。",
    )
    one_time_password_days: int = whole(
        7,
        1,
        14,
        "days",
        "How long a printed one-time password of staff or operators waits for its first use.",
        "工作人员和经办人的一次性密码多少天内要用。",
    )
    reset_grant_hours: int = whole(
        24,
        1,
        72,
        "hours",
        "How long an approved reset of an administrator waits for the one who asked for it.",
        "重设管理员获批后，申请人多少小时内要办。",
    )
    approval_delay_hours: int = whole(
        24,
        24,
        168,
        "hours",
        "In a small bureau the second named person may refuse for so long before it takes effect.",
        "SEPARATION=small 时，第二个人在多少小时内可以拒绝，过后生效。",
    )
    approval_days: int = whole(
        14, 2, 60, "days", "A request that nobody has answered for so long is closed.", "申请多少天没有人答复即关闭。"
    )
    staff_jobs_at_once: int = whole(
        5, 1, 20, "jobs", "How many staff jobs one member may have under way.", "一名工作人员同时可以有几个任务在做。"
    )
    staff_job_file_days: int = whole(
        7,
        1,
        30,
        "days",
        "How long the file of a staff job can be fetched.",
        "任务生成的文件可以下载多少天。",
        formerly="REPORT_FILE_DAYS",
    )
    staff_job_keep_days: int = whole(
        90,
        1,
        365,
        "days",
        "How long a finished staff job stays in the list.",
        "做完的任务在列表里保留多少天。",
        formerly="REPORT_KEEP_DAYS",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class OperatorSettings:
    """Sign-in at institutions' desks, and their keys."""

    operator_idle_minutes: int = whole(
        30,
        5,
        60,
        "minutes",
        "An operator at a computer of their own who does nothing for so long is signed out.",
        "经办人独用电脑时，多少分钟无操作即退出登录。",
    )
    operator_shared_idle_minutes: int = whole(
        10,
        2,
        30,
        "minutes",
        "The same at a computer that several operators share.",
        "几名经办人合用电脑时，多少分钟无操作即退出登录。",
    )
    operator_absolute_hours: int = whole(
        10, 1, 12, "hours", "Operators are signed out after so long in any case.", "经办人一次登录最长多少小时。"
    )
    key_grant_days: int = whole(
        7, 1, 30, "days", "How long an approved key waits to be fetched by who asked for it.", "密钥获批后，申请人多少天内要来取。"
    )
    key_overlap_days: int = whole(
        90,
        7,
        180,
        "days",
        "The longest time an institution's old key may work beside its new one.",
        "机构换密钥时，旧密钥最多可以再用多少天。",
    )
