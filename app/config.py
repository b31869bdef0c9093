"""Typed settings, from the environment alone (`config_loading` reads it).

One field is one variable: `sms_resend_seconds` is `SMS_RESEND_SECONDS`. Defaults are safe in production and public.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.config_problems import find_problems
from app.config_secrets import SecretSettings

SECRETS_FILE = "secrets.env"


class SettingsError(SystemExit):
    """The process must not start; the message is one sentence for the operator."""


class Mode(StrEnum):
    demo = "demo"
    production = "production"


def default_mode_name() -> str:
    return "production"


@dataclass(frozen=True, kw_only=True)
class Settings(SecretSettings):
    # Where and how the process runs
    app_mode: Mode = field(default_factory=lambda: Mode(default_mode_name()))
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    web_threads: int = 4
    request_head_seconds: float = 20.0  # for all of a request's first lines
    request_pause_seconds: float = 60.0  # between two pieces of a body, or of an answer that is read slowly
    demo_public: bool = False
    instance_path: Path = Path("instance")
    database_url: str = ""
    documents_url: str = ""
    s3_endpoint: str = ""  # for DOCUMENTS_URL=s3://bucket/folder
    s3_region: str = ""
    s3_access_key: str = field(default="", repr=False)
    s3_secret_key: str = field(default="", repr=False)
    job_runner: str = ""  # inside | own | immediate; else inside the web process in the demo, a process of its own in production
    ratelimit_storage_url: str = "memory://"
    trusted_proxies: int = 0
    public_origin: str = ""  # the one address browsers know, https://ybm.example.cn; without it the demo is at loopback names
    metrics_token: str = field(default="", repr=False)  # opens /metrics and the details of /readyz; else this machine alone
    test_clock_file: str = ""  # demo mode only: a file holding an offset in seconds, so that tests can move the clock
    hashes_at_once: int = 2  # of PINs and passwords in one process: 19 MiB and a core each while they last
    test_hash_work: int = 0  # demo mode only: less work for hashes of PINs and passwords, so that tests can be quick

    # Backups: public keys of age they are encrypted to, with commas between, and the passphrase of an identity that is closed
    backup_recipients: str = ""
    backup_passphrase: str = field(default="", repr=False)

    # The bureau that hosts this
    bureau_name: str = ""  # wins over what the first run was told
    icp_number: str = ""
    police_number: str = ""

    # Plug-ins, by entry-point name
    sms_sender: str = "console"
    sms_url: str = ""
    sms_key: str = field(default="", repr=False)
    sms_timeout_seconds: float = 4.0
    face_check: str = "stub"
    face_check_url: str = ""
    face_check_page_url: str = ""  # where browsers are sent, if not to the same origin
    face_check_key: str = field(default="", repr=False)
    face_check_timeout_seconds: float = 5.0
    roster_source: str = "file"
    roster_url: str = ""
    roster_key: str = field(default="", repr=False)

    # Sign-in (contract 1)
    sms_resend_seconds: int = 60
    sms_per_number_hour: int = 5
    sms_per_address_hour: int = 20
    sms_per_bureau_hour: int = 2000  # to numbers whose browser nobody knows, and again as many to report a loss; then an alarm
    sms_guesses: int = 5
    sms_valid_seconds: int = 300
    sms_fresh_minutes: int = 30  # how long an SMS code given in a session counts for what asks for one
    session_idle_days: int = 30
    session_absolute_days: int = 180
    rebind_delay_hours: int = 24

    # Staff (contract 1)
    separation: str = "full"  # full | small: in a small bureau one person may be sysadmin and secadmin
    staff_guesses: int = 5  # from one device, or under one name from one unknown address
    staff_guesses_from_strangers: int = 50  # under one name from all unknown devices together
    staff_guesses_from_address: int = 50  # under all names from one address, of unknown devices, without an hour's rest
    staff_lock_minutes: int = 15
    staff_idle_minutes: int = 15
    staff_absolute_hours: int = 10
    approval_delay_hours: int = 24  # SEPARATION=small: so long the second named person may refuse
    approval_days: int = 14  # then what nobody answered is closed

    # Operators at an institution's desk (domain 5): one's own computer, or one that several share
    operator_idle_minutes: int = 30
    operator_shared_idle_minutes: int = 10
    operator_absolute_hours: int = 10
    key_grant_days: int = 7  # an approved key waits so long for who asked for it

    # What the bureau writes
    hotline_check_days: int = 90  # then a number nobody has rung is to be checked

    hotline_misses_per_hour: int = 10  # searches that found nobody; then an alarm and an hour's rest

    # What the bureau has set out to reach (S61, S62); none until it says so
    activation_target: int = 0  # persons with a credential
    activation_target_on: str = ""  # by which day, 2026-12-31

    # Reviews
    review_hours: str = "09:00-12:00,13:00-17:00"  # of a working day, Asia/Shanghai
    review_promise_hours: int = 14  # working hours until a decision is due: two days
    review_claim_minutes: int = 20
    review_undo_seconds: int = 60

    # Activation
    draft_days: int = 30
    face_attempts: int = 5
    face_valid_seconds: int = 600
    counter_code_days: int = 30
    counter_code_guesses: int = 5
    counter_proof_hours: int = 24  # how long a counter code that was typed in may wait for the next steps
    document_guesses: int = 5
    proof_keep_days: int = 180  # then the audit log alone remembers
    max_age_years: int = 150

    # Lost phone, forgotten PIN
    pin_reset_delay_hours: int = 24
    pin_reset_open_days: int = 7  # how long the other PIN may be chosen once the delay is over
    lost_code_minutes: int = 30  # a relative has to be called first
    lost_code_guesses: int = 5
    lost_code_per_person_hour: int = 3
    lost_code_per_address_hour: int = 10

    # The code (contract 4)
    code_digest: str = "sha256"
    code_period_seconds: int = 30
    code_past_seconds: int = 60
    code_future_seconds: int = 30
    master_overlap_days: int = 31
    handle_days: float = 1.0
    pin_guesses: int = 5
    pin_lock_minutes: int = 15
    pin_failures_in_a_row: int = 20  # on one device, however long it takes; then it is trusted no more (NIST 800-63B: at most 100)
    relock_minutes: int = 5
    passkey_rp_id: str = ""  # the domain passkeys belong to, if not PUBLIC_ORIGIN's own but one above it
    passkey_offer_unlocks: int = 3  # so often the PIN is typed on a device before a passkey is offered
    offline_days: int = 30
    offline_uses: int = 10
    forged_tags: int = 5  # under one handle within `forged_tag_hours`, at most two counted per institution, end it
    forged_tags_per_institution: int = 2
    forged_tag_hours: int = 24
    typed_code_seconds: int = 120
    typed_code_renew_seconds: int = 90
    typed_code_keep_hours: int = 24
    slips_per_person_day: int = 10  # paper slips from the window
    paper_minutes: int = 5  # so long the page that prints a slip or a letter can be opened again

    # Scanning (contract 5)
    ec_query_per_second: int = 100
    ec_query_burst: int = 200
    wrong_typed_per_minute: int = 10
    api_max_bytes: int = 65_536
    answer_keep_minutes: int = 10
    ec_token_hours: int = 24
    help_code_days: int = 30
    challenge_seconds: int = 120
    challenge_per_ten_minutes: int = 3
    challenge_min_rules: int = 2
    risk_first_use: bool = False
    risk_other_city_minutes: int = 0
    risk_pharmacies_a_day: int = 0
    risk_new_device_hours: int = 0

    # Families (S38, S39, C1, C13)
    family_members_per_holder: int = 5
    family_holders_per_member: int = 8
    family_documents_below: int = 16  # younger: documents and review
    family_own_from: int = 17  # from this age on the member's own authorisation alone; between the two either way
    family_guardian_below: int = 14
    family_holder_from: int = 18
    family_adult_review: bool = False
    family_invitation_days: int = 30
    family_step_up_minutes: int = 30
    family_renewal_grace_days: int = 30
    family_calls_at_once: int = 3

    # Documents (OWASP upload: size, pixels, files, quota per person)
    document_max_megabytes: int = 10
    document_max_megapixels: int = 40
    document_max_side: int = 2400
    document_max_files: int = 6  # of one application
    document_max_pdf_pages: int = 12
    document_pdf_seconds: int = 30  # of processor time for reading one PDF
    document_photo_seconds: int = 10  # of processor time for one photo, which its sender waits for
    document_quota_megabytes: int = 200  # kept for one person
    document_draft_days: int = 30
    document_keep_days: int = 90  # after the decision
    job_keep_days: int = 30

    # Reports: background work asked for by staff
    report_file_days: int = 7
    report_keep_days: int = 90

    # Mutual aid
    mutual_aid_most_yuan: int = 100_000  # the highest monthly cap

    # Roster
    roster_batch_rows: int = 10_000
    roster_max_megabytes: int = 400  # of one file sent through the web
    roster_max_rows: int = 2_000_000
    roster_keep_days: int = 7  # an uploaded file that is not applied
    roster_undo_days: int = 7
    roster_warn_percent: int = 20  # the dry run warns when more of the roster would change,
    roster_warn_shrunk_percent: int = 50  # or when the file is that much smaller than the last one

    @property
    def is_demo(self) -> bool:
        return self.app_mode is Mode.demo

    @property
    def runs_jobs(self) -> str:
        return self.job_runner or ("inside" if self.is_demo else "own")

    @property
    def has_https(self) -> bool:
        """Production stands behind TLS; the demo is plain HTTP on loopback."""
        return not self.is_demo

    def problems(self) -> list[str]:
        """Sentences that say why this process must not serve; empty when it may."""
        return self.secret_problems() + find_problems(self)
