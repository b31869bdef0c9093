"""Every setting with its group: one field is one variable, so `sms_resend_seconds` is set by `SMS_RESEND_SECONDS`.

The defaults are safe in production, and they are public: none is a secret.
"""

from dataclasses import dataclass, field

from app.config.choices import JobRunner, Mode
from app.config.code import CodeSettings, PinSettings, ScanningSettings
from app.config.desk import DeskSettings
from app.config.people import DocumentSettings, FamilySettings, RosterSettings
from app.config.process import BureauSettings, ProcessSettings, StorageSettings, TestSettings
from app.config.providers import ProviderSettings
from app.config.secret_settings import SecretSettings
from app.config.sign_in import ActivationSettings, RecoverySettings, SignInSettings
from app.config.staff import OperatorSettings, StaffSettings

# In the order of docs/settings.md, each with its heading.
GROUPS: tuple[tuple[type, str, str], ...] = (
    (ProcessSettings, "Processes", "进程"),
    (StorageSettings, "Papers and backups", "材料存放与备份"),
    (SecretSettings, "Secrets", "密钥"),
    (BureauSettings, "The bureau", "本局"),
    (ProviderSettings, "Providers", "外部服务"),
    (SignInSettings, "Sign-in of citizens", "参保人登录"),
    (ActivationSettings, "Activation and proofs of identity", "激活与身份核验"),
    (RecoverySettings, "Lost phone, forgotten PIN", "挂失与忘记密码"),
    (CodeSettings, "The code", "医保码"),
    (PinSettings, "The display PIN", "展码密码"),
    (ScanningSettings, "Scanning", "扫码"),
    (FamilySettings, "Families and mutual aid", "亲情账户与家庭共济"),
    (DocumentSettings, "Papers", "材料"),
    (RosterSettings, "The roster", "参保人名册"),
    (StaffSettings, "Staff", "工作人员"),
    (OperatorSettings, "Operators and keys of institutions", "机构经办人与密钥"),
    (DeskSettings, "The desk", "工作台"),
    (TestSettings, "Tests", "测试"),
)


@dataclass(frozen=True, kw_only=True)
class Values(
    ProcessSettings,
    StorageSettings,
    SecretSettings,
    BureauSettings,
    ProviderSettings,
    SignInSettings,
    ActivationSettings,
    RecoverySettings,
    CodeSettings,
    PinSettings,
    ScanningSettings,
    FamilySettings,
    DocumentSettings,
    RosterSettings,
    StaffSettings,
    OperatorSettings,
    DeskSettings,
    TestSettings,
):
    """All settings, whether or not a process may serve with them: see `Settings`."""

    misspelt: tuple[str, ...] = field(default=(), repr=False)  # the loader's sentences about misspelt names

    @property
    def is_demo(self) -> bool:
        return self.app_mode is Mode.demo

    @property
    def runs_jobs(self) -> JobRunner:
        """Where jobs are run; never `auto`."""
        if self.job_runner != JobRunner.auto:
            return self.job_runner
        return JobRunner.inside if self.is_demo else JobRunner.own

    @property
    def has_https(self) -> bool:
        """Production runs behind TLS; the demo is plain HTTP on loopback."""
        return not self.is_demo
