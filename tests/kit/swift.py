"""A real object store that checks every S3 signature: OpenStack Swift with its s3api, on free loopback ports.

Debian's packages swift-proxy, swift-account, swift-container, swift-object and memcached. One device in a folder of its own, one
replica; objects in memory.
"""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.kit.ports import free_port

ACCESS_KEY, SECRET_KEY = "test:tester", "testing"
PYTHON = "/usr/bin/python3"  # Debian's, to which its packages belong
_STARTS_WITHIN = 60.0

_BACKEND = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
devices = {folder}/devices
mount_check = false
swift_dir = {folder}
workers = 0
log_level = ERROR
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{app}
"""

_PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
workers = 0
log_level = ERROR
[pipeline:main]
pipeline = catch_errors proxy-logging cache s3api tempauth copy slo dlo proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


@dataclass(frozen=True)
class Swift:
    endpoint: str
    bucket: str

    def settings(self, *, secret: str = SECRET_KEY, folder: str = "papers") -> dict[str, str]:
        """What an installation says to keep its documents here."""
        return {
            "documents_url": f"s3://{self.bucket}/{folder}",
            "s3_endpoint": self.endpoint,
            "s3_access_key": ACCESS_KEY,
            "s3_secret_key": secret,
        }


@contextmanager
def running_swift(bucket: str = "documents") -> Iterator[Swift]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pz-swift-")))
        (folder / "devices" / "d1").mkdir(parents=True)
        (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = s\nswift_hash_path_prefix = p\n")
        memcached, proxy, account, container, objects = (free_port() for _ in range(5))
        for ring, port in (("account", account), ("container", container), ("object", objects)):
            _build_ring(folder, ring, port)
            app = "mem_object" if ring == "object" else ring
            (folder / f"{ring}-server.conf").write_text(_BACKEND.format(port=port, folder=folder, kind=ring, app=app))
        (folder / "proxy-server.conf").write_text(_PROXY.format(port=proxy, folder=folder, memcached=memcached))
        stack.enter_context(_process(["memcached", "-l", "127.0.0.1", "-p", str(memcached), "-u", "nobody"], folder))
        for name in ("account", "container", "object", "proxy"):
            stack.enter_context(_process([PYTHON, f"/usr/bin/swift-{name}-server", str(folder / f"{name}-server.conf")], folder))
        for port in (memcached, account, container, objects, proxy):
            _wait_for(port)  # a proxy that is asked before them takes its servers for broken and leaves them alone for a minute
        endpoint = f"http://127.0.0.1:{proxy}"
        _make_bucket(endpoint, bucket)
        yield Swift(endpoint, bucket)


def _build_ring(folder: Path, name: str, port: int) -> None:
    builder = str(folder / f"{name}.builder")
    for arguments in (["create", "4", "1", "1"], ["add", f"r1z1-127.0.0.1:{port}/d1", "1"], ["rebalance"]):
        subprocess.run(
            [PYTHON, "/usr/bin/swift-ring-builder", builder, *arguments], check=True, capture_output=True, env=_environ(folder)
        )


@contextmanager
def _process(command: list[str], folder: Path) -> Iterator[None]:
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_environ(folder))
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _environ(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "SWIFT_DIR": str(folder)}


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError("Swift did not start") from None
            time.sleep(0.1)


def _make_bucket(endpoint: str, bucket: str) -> None:
    """By Swift's own API."""
    signed_in = httpx.get(f"{endpoint}/auth/v1.0", headers={"X-Auth-User": ACCESS_KEY, "X-Auth-Key": SECRET_KEY}, timeout=30)
    token, url = signed_in.headers["X-Auth-Token"], signed_in.headers["X-Storage-Url"]
    made = httpx.put(f"{url}/{bucket}", headers={"X-Auth-Token": token}, timeout=30)
    if made.status_code not in (201, 202):
        raise RuntimeError(f"Swift made no container: {made.status_code}")
