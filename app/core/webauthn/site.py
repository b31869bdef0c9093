"""How this site identifies itself to an authenticator: by its domain, and by the address the browser is on, port included."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from app.config.rules import is_inside
from app.core.settings import settings


@dataclass(frozen=True, slots=True)
class Site:
    """domain: the "relying party id". origin: scheme, host and port."""

    domain: str
    origin: str


def find_site() -> Site | None:
    """None where passkeys cannot work: at a bare IP address, or at a host outside PASSKEY_RP_ID.

    The request's address is PUBLIC_ORIGIN where one is set (`core.origin`).
    """
    origin = f"{request.scheme}://{request.host}"
    host = urlsplit(origin).hostname or ""
    domain = settings.passkey_rp_id or host
    return Site(domain, origin) if is_inside(origin, domain) and not _is_address(host) else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
