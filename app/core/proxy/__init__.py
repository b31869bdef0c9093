"""The reverse proxy in front: what it must do, the file that makes nginx do it, and how requests show that a proxy does not."""

from app.core.proxy.edge import install as install
from app.core.proxy.edge import refusal as refusal
from app.core.proxy.findings import notes as notes
from app.core.proxy.findings import problems as problems
