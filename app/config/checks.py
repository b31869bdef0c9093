"""Finds the reasons why a process must not serve with its settings: a sentence each, naming the variable and the fix. Pure."""

from collections.abc import Iterator
from importlib.metadata import entry_points

from app.config.fields import Setting, settings_of
from app.config.relations import find_contradictions
from app.config.rules import is_inside, is_loopback, is_safe_address, without_password
from app.config.values import Values


def find_problems(settings: Values) -> list[str]:
    """Finds all problems except those of the secrets, which `SecretSettings.secret_problems` finds."""
    found = [*find_out_of_bounds(settings), *find_contradictions(settings)]
    if settings.is_demo:
        if not is_loopback(settings.host) and not settings.demo_public:
            found.append(f"HOST={settings.host} would show the demo to others: leave it out, or set DEMO_PUBLIC=1 if you mean it.")
        return found
    return found + _production_problems(settings)


def find_out_of_bounds(settings: Values) -> Iterator[str]:
    """Checks each field against its own description: the bounds, the format of a text, the plug-ins that are installed."""
    for name, (one, setting) in settings_of(type(settings)).items():
        value = getattr(settings, one.name)
        if isinstance(value, (int, float)):
            if not setting.takes(value) and not settings.test_wide_bounds:
                shown = f"{value:.15g}" if isinstance(value, float) else value
                yield f"{name}={shown} is out of bounds: set it to {bounds_text(setting)}, or leave it out for {one.default}."
        elif value and setting.grammar and not setting.grammar.reads(value):
            shown = " is wrong" if setting.is_secret else f"={without_password(value)} is wrong"
            yield f"{name}{shown}: write it {setting.grammar.mend}."
        elif setting.group and value not in setting.own:
            offered = entry_points(group=setting.group).names
            if value not in offered:
                known = ", ".join(sorted({*setting.own, *offered}))
                yield f"{name}={value} is not installed here: set it to one of {known}, or install the package that brings it."


def bounds_text(setting: Setting) -> str:
    """For example `3 to 10 guesses`, or `0 (the rule is off) or 1 to 50 pharmacies`."""
    zero = f"0 ({setting.zero}) or " if setting.zero and setting.low else ""
    return f"{zero}{in_digits(setting.low)} to {in_digits(setting.high)} {setting.unit}".strip()


def in_digits(number: float | None) -> str:
    return f"{number:.15g}"


def _production_problems(settings: Values) -> list[str]:
    found = []
    if not settings.public_origin:
        found.append("PUBLIC_ORIGIN is missing: set it to the address browsers know this site by, such as https://ybm.example.cn.")
    elif settings.passkey_rp_id and not is_inside(settings.public_origin, settings.passkey_rp_id):
        found.append(f"PASSKEY_RP_ID={settings.passkey_rp_id} is not the domain of PUBLIC_ORIGIN, nor one above it: leave it out.")
    if settings.face_check == "stub":
        found.append("FACE_CHECK=stub lets anyone pass the face check: set it to a real provider.")
    if settings.face_check == "http" and not (settings.face_check_url.startswith("https://") and settings.face_check_key):
        found.append("The face check has no safe way to its provider: set FACE_CHECK_URL (https) and FACE_CHECK_KEY.")
    if settings.sms_sender == "console":
        found.append("SMS_SENDER=console sends nothing: set it to a real one.")
    if settings.sms_sender == "http" and not (settings.sms_url and settings.sms_key):
        found.append("The SMS sender does not know where to send and by which key: set SMS_URL and SMS_KEY.")
    found += _plain_addresses(settings)
    if settings.web_workers > 1 and settings.ratelimit_storage_url.startswith("memory"):
        found.append("Several workers cannot share limits kept in memory: set RATELIMIT_STORAGE_URL or WEB_WORKERS=1.")
    if settings.documents_url.startswith("s3:") and not (settings.s3_access_key and settings.s3_secret_key):
        found.append("The store of the documents has no key: set S3_ACCESS_KEY and S3_SECRET_KEY.")
    return found + _test_settings(settings)


def _plain_addresses(settings: Values) -> list[str]:
    """Everything sent off this machine must be encrypted. An SMS gateway or S3 service on this machine may use plain http."""
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


def _test_settings(settings: Values) -> list[str]:
    ways = (
        ("TEST_CLOCK_FILE", settings.test_clock_file, "moves the clock"),
        ("TEST_HASH_WORK", settings.test_hash_work, "makes PINs and passwords easy to guess"),
        ("TEST_WIDE_BOUNDS", settings.test_wide_bounds, "lifts the bounds of all settings"),
    )
    return [f"{name} {what} and belongs to the demo alone: take it away." for name, value, what in ways if value]
