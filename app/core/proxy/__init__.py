"""The reverse proxy in front: what it must do, the file that makes nginx do it, and what requests show about one that does not."""

from app.core.proxy.edge import install, refusal
from app.core.proxy.findings import notes, problems

__all__ = ["install", "notes", "problems", "refusal"]
