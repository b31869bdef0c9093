"""A browser without script on the other side of the proxy: says where it comes from, as browsers do."""

import re
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pyotp

from tests.kit.client import Node, _Collector
from tests.proxy.house import House


@dataclass
class Form:
    """page and action: paths. fields: what it sends when nobody fills anything in. is_multipart: files may travel with it."""

    page: str
    action: str
    fields: dict[str, str]
    is_multipart: bool


class Visitor:
    """address: of loopback, from which it calls."""

    def __init__(self, house: House, base_url: str = "", address: str = "127.0.0.1") -> None:
        self.house = house
        self.base_url = base_url or house.base_url
        self.tls = ssl.create_default_context(cafile=house.certificate)
        transport = httpx.HTTPTransport(verify=self.tls, local_address=address)
        self.http = httpx.Client(base_url=self.base_url, transport=transport, timeout=60, headers={"User-Agent": "Test/1.0"})
        self.nodes: list[Node] = []
        self.at = self.base_url + "/"

    def get(self, path: str) -> httpx.Response:
        return self._arrive(self.http.get(path, follow_redirects=True))

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """With the token of the page it is on, the page's address and, as for every form, the origin."""
        fields = {"csrf_token": self.token(), **(data or {})}
        return self._arrive(self.http.post(path, data=fields, headers=self.said(), follow_redirects=True, **more))

    def said(self) -> dict[str, str]:
        return {"Referer": self.at, "Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}

    def token(self) -> str:
        return next((n.attrs["value"] for n in self.nodes if n.attrs.get("name") == "csrf_token"), "")

    def forms(self) -> list[Form]:
        """Those of the page it is on that post."""
        found: list[Form] = []
        inside = False
        for node in self.nodes:
            if node.tag == "form":
                inside = node.attrs.get("method", "").lower() == "post"
                if inside:
                    action = urlsplit(urljoin(self.at, node.attrs["action"]))
                    found.append(Form(urlsplit(self.at).path, action.path, {}, node.attrs.get("enctype") == "multipart/form-data"))
            elif inside and node.tag == "input" and node.attrs.get("type") == "hidden" and "name" in node.attrs:
                found[-1].fields[node.attrs["name"]] = node.attrs.get("value", "")
        return found

    def links(self) -> list[str]:
        """Paths of this site that the page leads to."""
        found = [urlsplit(urljoin(self.at, n.attrs.get("href", ""))) for n in self.nodes if n.tag == "a"]
        return [place.path for place in found if f"{place.scheme}://{place.netloc}" == self.base_url]

    def sign_in(self, phone: str) -> httpx.Response:
        self.get("/sign-in")
        self.post("/sign-in", {"phone": phone, "step": "code"})
        code = re.findall(r"(?<!\d)\d{6}(?!\d)", self.house.sms.texts_to(phone)[-1])[0]
        return self.post("/sign-in", {"phone": phone, "code": code, "step": "sign-in"})

    def sign_in_staff(self, role: str) -> httpx.Response:
        known = next(member for member in self.house.server.demo["staff"] if member["role"] == role)
        self.get("/bureau/sign-in")
        self.post("/bureau/sign-in", {"username": known["username"], "password": known["password"]})
        return self.post("/bureau/sign-in/second-factor", {"code": pyotp.TOTP(known["totp_secret"]).now()})

    def _arrive(self, response: httpx.Response) -> httpx.Response:
        collector = _Collector()
        if response.headers.get("Content-Type", "").startswith("text/html"):
            collector.feed(response.text)
        self.nodes = collector.nodes
        self.at = str(response.url)
        return response


def is_stale(response: httpx.Response) -> bool:
    return response.status_code == 400 and "这一页打开太久了" in response.text
