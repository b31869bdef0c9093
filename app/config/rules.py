"""What counts as a strong secret, as a safe address, and as an address of this machine alone. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

SECRET_MIN_CHARS = 43  # 32 random bytes in base64url
_WORDS_OF_DEFAULTS = ("change", "default", "secret", "example", "password", "00000000")


def is_secret(value: str) -> bool:
    low = value.lower()
    return len(value) >= SECRET_MIN_CHARS and len(set(value)) >= 16 and not any(w in low for w in _WORDS_OF_DEFAULTS)


def is_secret_hex(part: str) -> bool:
    """Checks `id:digest:hex[:retired-at]`: the key needs 32 bytes that are not a pattern such as the published test vector."""
    pieces = part.split(":")
    try:
        key = bytes.fromhex(pieces[2])
    except (IndexError, ValueError):
        return False
    return len(key) >= 32 and len(set(key)) >= 12 and key != bytes(range(len(key)))


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_address(url: str, *, may_be_here: bool) -> bool:
    """An https address is safe. may_be_here: so is plain http that does not leave this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (may_be_here and parts.scheme == "http" and is_loopback(host)))


def is_origin(text: str) -> bool:
    """Scheme, domain and perhaps a port: no path, no user and password, no letters that a browser would write differently.

    Plain http is allowed for this machine alone.
    """
    try:
        parts = urlsplit(text)
        is_port_right = parts.port is None or 0 < parts.port < 65_536
    except ValueError:
        return False
    is_host = re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?", parts.netloc) is not None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return is_safe and is_host and is_port_right and text == f"{parts.scheme}://{parts.netloc}"


def is_inside(origin: str, domain: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def without_password(text: str) -> str:
    """An address in the form that may be shown: user and password, the part before the @, become `***`."""
    scheme, separator, rest = text.partition("://")
    if not separator or "@" not in rest:
        return text
    return f"{scheme}://***@{rest.rpartition('@')[2]}"
