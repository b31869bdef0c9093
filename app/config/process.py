"""Where and how the processes run."""

from dataclasses import dataclass
from pathlib import Path

from app.config.choices import JobRunner, Mode
from app.config.fields import Setting, choice, described, flag, real, secret, text, whole
from app.config.grammar import BUCKET_ADDRESS, DATABASE, DOMAIN, HOST, LIMITS_STORE, NAME, ORIGIN, RECIPIENTS, TOKEN

_MODE = Setting(
    "`production` serves citizens and refuses whatever is unsafe; `demo` is for trying the system out.",
    "production 为正式运行，不安全的设置一律拒绝启动；demo 只供试用。",
)
_INSTANCE = Setting(
    "The folder for the files of this installation: secrets.env, a SQLite database, documents.",
    "本系统自己的文件夹：密钥文件、SQLite 数据库、材料都放在这里。",
)


def default_mode() -> Mode:
    return Mode.production


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class ProcessSettings:
    """The web server, its limits and its surroundings."""

    app_mode: Mode = described(_MODE, default_mode)
    host: str = text("127.0.0.1", "The address the web server listens on.", "网站服务监听的地址。", grammar=HOST)
    port: int = whole(
        8000,
        1,
        65_535,
        "",
        "The port the web server listens on.",
        "网站服务监听的端口。",
        zero="the system picks a free port, for tests",
        zero_zh="由系统选一个空闲端口，供测试用",
    )
    web_workers: int = whole(2, 1, 64, "processes", "How many processes serve the site.", "网站服务开几个进程。")
    web_threads: int = whole(
        4, 1, 64, "threads", "How many requests one process answers at the same time.", "一个进程同时处理几个请求。"
    )
    request_head_seconds: float = real(
        20.0,
        0.1,
        600.0,
        "seconds",
        "How long a browser may take to send the first lines of a request.",
        "浏览器发完请求开头几行，最多可以用多长时间。",
    )
    request_pause_seconds: float = real(
        60.0,
        0.1,
        600.0,
        "seconds",
        "How long a browser may pause between two pieces of what it sends or reads.",
        "浏览器上传或接收时，两段数据之间最多可以停多长时间。",
    )
    demo_public: bool = flag(
        "Lets the demo answer to other machines; anybody who reaches it can do anything in it.",
        "允许其他机器访问试用系统；能访问的人什么都能做。",
    )
    instance_path: Path = described(_INSTANCE, lambda: Path("instance"))
    database_url: str = text(
        "",
        "Where the database is, `postgresql://…` or `sqlite:///…`; empty: a SQLite file in the instance folder.",
        "数据库地址，postgresql://… 或 sqlite:///…；不填则用本系统文件夹里的 SQLite 文件。",
        grammar=DATABASE,
    )
    job_runner: JobRunner = choice(
        JobRunner.auto,
        "Who does background work: `own`, a process `flask jobs run`; `inside`, the web process; `immediate`, the request "
        "itself, for tests; `auto`, inside in the demo and own in production.",
        "后台任务由谁做：own 为单独的 flask jobs run 进程；inside 为网站进程；immediate 为当场做，供测试用；"
        "auto 为试用时 inside、正式运行时 own。",
    )
    ratelimit_storage_url: str = text(
        "memory://",
        "Where limits are counted: `redis://host:6379`, or `memory://` with a single web process.",
        "访问次数记在哪里：redis://主机:6379；只有一个网站进程时可用 memory://。",
        grammar=LIMITS_STORE,
    )
    trusted_proxies: int = whole(
        0,
        0,
        8,
        "proxies",
        "How many reverse proxies stand in front; only their word for a caller's address is believed.",
        "前面有几层反向代理；只相信它们报来的访问者地址。",
        zero="no proxy stands in front, as in the demo",
        zero_zh="前面没有代理，如试用时",
    )
    public_origin: str = text(
        "",
        "The address browsers know this site by, such as https://ybm.example.cn; production needs it.",
        "浏览器里看到的本站地址，如 https://ybm.example.cn；正式运行必须填写。",
        grammar=ORIGIN,
    )
    passkey_rp_id: str = text(
        "",
        "The domain passkeys were made under, if not that of PUBLIC_ORIGIN but one above it.",
        "通行密钥所属的域名；只有它不是 PUBLIC_ORIGIN 的域名、而是上级域名时才填。",
        grammar=DOMAIN,
    )
    metrics_token: str = secret(
        "The password for /metrics and the details of /readyz from other machines; 24 characters or more.",
        "其他机器读取 /metrics 和 /readyz 详情用的口令，至少 24 个字符。",
        grammar=TOKEN,
    )
    hashes_at_once: int = whole(
        2,
        1,
        64,
        "places",
        "How many PINs and passwords one process hashes at the same time; each takes 19 MiB and a processor core.",
        "一个进程同时核对几个密码；每个要占 19 MiB 内存和一个处理器核。",
    )
    job_keep_days: int = whole(
        30, 1, 365, "days", "How long finished background jobs stay in the list.", "做完的后台任务在列表里保留多少天。"
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class StorageSettings:
    """Where papers are stored, and how backups are encrypted."""

    documents_url: str = text(
        "",
        "Where papers are stored: a folder as `file:///…` or a bucket as `s3://bucket/folder`; empty: in the instance folder.",
        "材料存放处：文件夹 file:///… 或对象存储 s3://桶/目录；不填则放在本系统文件夹里。",
        grammar=BUCKET_ADDRESS,
    )
    s3_endpoint: str = text("", "The address of the S3 service, https.", "对象存储服务的地址，须为 https。")
    s3_region: str = text("", "The region the S3 service expects.", "对象存储的区域名。")
    s3_access_key: str = secret("The name of the key for the bucket.", "对象存储的访问密钥编号。")
    s3_secret_key: str = secret("The secret of the key for the bucket.", "对象存储的访问密钥。")
    backup_recipients: str = text(
        "",
        "Public keys of age (`age1…`, with commas between) that backups are encrypted to.",
        "备份用哪些 age 公钥（age1…，以逗号分隔）加密。",
        grammar=RECIPIENTS,
    )
    backup_passphrase: str = secret(
        "The passphrase of an encrypted identity, for commands that open a backup without asking.",
        "打开备份所用密钥文件的口令，供不便询问的命令使用。",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class TestSettings:
    """Settings for tests; production refuses to start with any of them."""

    test_clock_file: str = text(
        "", "A file holding seconds by which tests move the clock; demo only.", "测试用来拨动时钟的文件；只限试用系统。"
    )
    test_hash_work: int = whole(
        0,
        1,
        14,
        "",
        "Less work for hashes of PINs and passwords, so that tests are quick; demo only.",
        "降低密码散列的计算量，使测试更快；只限试用系统。",
        zero="the full work, as production does it",
        zero_zh="按正式运行的计算量",
    )
    test_wide_bounds: bool = flag(
        "Lets tests set values outside the bounds named here; demo only.", "允许测试取超出本文范围的值；只限试用系统。"
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)  # Settings makes these once for all
class BureauSettings:
    """What the bureau is called."""

    bureau_name: str = text(
        "", "The bureau's name; wins over what the first run was told.", "医保局名称；优先于初次设置时填写的。", grammar=NAME
    )
    icp_number: str = text("", "The ICP filing number at the foot of pages.", "页脚的 ICP 备案号。", grammar=NAME)
    police_number: str = text("", "The public security filing number at the foot of pages.", "页脚的公安备案号。", grammar=NAME)
