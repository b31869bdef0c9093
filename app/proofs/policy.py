"""Where a face check may send a browser."""

from app.proofs.providers import face_check


def form_targets() -> str:
    """For the form-action of a page whose button leads to the provider: Chromium applies it to redirects too."""
    return " ".join(["'self'", *face_check().page_origins()])
