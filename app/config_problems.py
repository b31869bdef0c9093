"""Why a process must not serve with these settings: one sentence each, with the variable and the mend. Pure; for `app.config`."""

from typing import TYPE_CHECKING

from app.config_rules import is_day, is_inside, is_loopback, is_origin, is_safe_address

if TYPE_CHECKING:
    from app.config import Settings

_LONGEST_WAIT = 600.0  # seconds


def find_problems(settings: "Settings") -> list[str]:
    """But for the secrets, which `config_secrets` judges."""
    found = []
    if not all(0 < seconds <= _LONGEST_WAIT for seconds in (settings.request_head_seconds, settings.request_pause_seconds)):
        found.append(f"REQUEST_HEAD_SECONDS and REQUEST_PAUSE_SECONDS must be above 0 and at most {_LONGEST_WAIT:g}.")
    if settings.activation_target_on and not is_day(settings.activation_target_on):
        found.append(f"ACTIVATION_TARGET_ON={settings.activation_target_on} is not a day: write it like 2026-12-31.")
    if settings.public_origin and not is_origin(settings.public_origin):
        found.append(
            f"PUBLIC_ORIGIN={settings.public_origin} is no site's address: write it like https://ybm.example.cn, without a path."
        )
    if settings.metrics_token and len(settings.metrics_token) < 24:
        found.append("METRICS_TOKEN is too short to be a secret: make it 24 characters or more, or leave it out.")
    if not 1 <= settings.hashes_at_once <= 64:
        found.append("HASHES_AT_ONCE says how many PINs and passwords are hashed at once: set it to 1 to 64.")
    if settings.is_demo:
        if not is_loopback(settings.host) and not settings.demo_public:
            found.append(f"The demo answers on loopback only, not on {settings.host}: set DEMO_PUBLIC=1 if you mean it.")
        return found
    if not settings.public_origin:
        found.append("PUBLIC_ORIGIN is missing: set it to the address browsers know this site by, such as https://ybm.example.cn.")
    elif settings.passkey_rp_id and not is_inside(settings.public_origin, settings.passkey_rp_id):
        found.append(f"PASSKEY_RP_ID={settings.passkey_rp_id} is not the domain of PUBLIC_ORIGIN, nor one above it: leave it out.")
    if settings.face_check == "stub":
        found.append("The face check is the stub, which lets anyone pass: set FACE_CHECK to a real provider.")
    if settings.face_check == "http" and not (settings.face_check_url.startswith("https://") and settings.face_check_key):
        found.append("The face check has no safe way to its provider: set FACE_CHECK_URL (https) and FACE_CHECK_KEY.")
    if settings.sms_sender == "console":
        found.append("The SMS sender is the console, which sends nothing: set SMS_SENDER to a real one.")
    if settings.sms_sender == "http" and not (settings.sms_url and settings.sms_key):
        found.append("The SMS sender does not know where to send and by which key: set SMS_URL and SMS_KEY.")
    found += _plain_addresses(settings)
    if settings.web_workers > 1 and settings.ratelimit_storage_url.startswith("memory"):
        found.append("Several workers cannot share limits kept in memory: set RATELIMIT_STORAGE_URL or WEB_WORKERS=1.")
    if settings.documents_url.startswith("s3:") and not (settings.s3_access_key and settings.s3_secret_key):
        found.append("The store of the documents has no key: set S3_ACCESS_KEY and S3_SECRET_KEY.")
    if settings.test_clock_file:
        found.append("TEST_CLOCK_FILE moves the clock and belongs to the demo alone.")
    if settings.test_hash_work:
        found.append("TEST_HASH_WORK makes PINs and passwords easy to guess and belongs to the demo alone.")
    return found


def _plain_addresses(settings: "Settings") -> list[str]:
    """Whatever leaves this machine is encrypted. A gateway of SMS or of the bucket on this same machine may be plain http."""
    own = "https, or http on this machine itself"
    ways = (
        ("SMS_URL", settings.sms_url, True),
        ("S3_ENDPOINT", settings.s3_endpoint, True),
        ("FACE_CHECK_URL", settings.face_check_url, False),
        ("FACE_CHECK_PAGE_URL", settings.face_check_page_url, False),
        ("ROSTER_URL", settings.roster_url, False),
    )
    return [
        f"{name} would send in clear what others must not read: it has to be {own if may_be_here else 'https'}."
        for name, address, may_be_here in ways
        if address and not is_safe_address(address, may_be_here=may_be_here)
    ]
