"""As whom this site presents itself to an authenticator: its domain, and the address the browser is on, port included."""

from dataclasses import dataclass
from ipaddress import ip_address

from flask import request

from app.core.settings import settings


@dataclass(frozen=True, slots=True)
class Site:
    """domain: the "relying party id". origin: scheme, host and port."""

    domain: str
    origin: str


def find_site() -> Site | None:
    """None where passkeys cannot work: at a bare IP address, or at a host outside PASSKEY_RP_ID."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    domain = settings.passkey_rp_id or host
    is_inside = host == domain or host.endswith(f".{domain}")
    return Site(domain, f"{request.scheme}://{request.host}") if is_inside and not _is_address(host) else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
