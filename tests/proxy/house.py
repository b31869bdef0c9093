"""A bureau as production serves it: gunicorn on loopback, cookies for https alone, providers outside, a proxy in front."""

import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.kit.demo import DemoServer
from tests.kit.nginx import NAME, make_certificate, running_nginx
from tests.kit.ports import free_port
from tests.kit.server import Server
from tests.kit.sms_gateway import SmsGateway, sms_gateway
from tests.proofs import provider as faces


class ProductionServer(DemoServer):
    """The demo's people, in a database that says it is a real bureau's."""

    def start(self) -> None:
        production = {name: value for name, value in self.environ.items() if not name.startswith("TEST_")}
        production["APP_MODE"] = "production"
        self.load()
        with closing(sqlite3.connect(make_url(self.environ["DATABASE_URL"]).database or "")) as database:
            database.execute("UPDATE installation SET kind = 'production'")
            database.commit()
        self.environ = production
        Server.start(self)


class House:
    """folder: empty, for the files of all of it."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
        self.certificate, self.key = make_certificate(folder)
        self.plain_urls: dict[str, str] = {}  # by the address on https
        self._open = ExitStack()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, self.key)
        self.faces = self._open.enter_context(faces.Server(tls))
        self.sms: SmsGateway = self._open.enter_context(sms_gateway())
        (folder / "instance").mkdir()
        port = free_port()
        self.server = ProductionServer(
            database_url,
            folder / "instance",
            PUBLIC_ORIGIN=f"https://{NAME}:{port}",
            TRUSTED_PROXIES="1",
            WEB_WORKERS="1",  # limits in memory are for one
            JOB_RUNNER="inside",
            FACE_CHECK="http",
            FACE_CHECK_URL=self.faces.url,
            FACE_CHECK_KEY=faces.KEY,
            SSL_CERT_FILE=str(self.certificate),
            SMS_SENDER="http",
            SMS_URL=self.sms.url,
            SMS_KEY="k",
        )
        self._open.callback(self.server.stop)
        self.base_url = self._open.enter_context(self.behind(None, port=port))

    @contextmanager
    def behind(self, site: str | None, upstream: int = 0, port: int = 0) -> Iterator[str]:
        """The address of an nginx before this house; site: the file it runs on, None for the program's own.

        `LISTEN`, `UPSTREAM`, `CERTIFICATE`, `KEY` in it are filled in. upstream: another port than gunicorn's.
        port: PUBLIC_ORIGIN's, where forms are taken; else pages can be read, as under any port of the right name.
        """
        port = port or free_port()
        folder = self.folder / f"nginx-{port}"
        if site is None:
            site = self._written_file(port, upstream or self.server.port)
        filled = {
            "LISTEN": f"127.0.0.1:{port}",
            "UPSTREAM": f"127.0.0.1:{self.server.port}",
            "CERTIFICATE": str(self.certificate),
            "KEY": str(self.key),
        }
        for name, value in filled.items():
            site = site.replace(name, value)
        self.site = site
        with running_nginx(site, folder, port):
            yield f"https://{NAME}:{port}"

    def _written_file(self, port: int, upstream: int) -> str:
        """What the operator's command prints for this machine."""
        plain = free_port()
        self.plain_urls[f"https://{NAME}:{port}"] = f"http://{NAME}:{plain}"
        return self.server.run_command(
            *("proxy", "nginx", "--server-name", NAME, "--upstream", f"127.0.0.1:{upstream}"),
            *("--certificate", str(self.certificate), "--certificate-key", str(self.key)),
            *("--listen", f"127.0.0.1:{port}", "--plain-listen", f"127.0.0.1:{plain}"),
        )

    def named(self) -> dict[str, str]:
        """The header by which the server, asked past the proxy, knows its own name."""
        return {"Host": self.base_url.removeprefix("https://")}

    def forget(self) -> None:
        """What was found out about proxies, by the server and on the disk."""
        self.server.stop()
        for found in self.server.instance.glob("proxy-*.json"):
            found.unlink()
        Server.start(self.server)

    def close(self) -> None:
        self._open.close()
