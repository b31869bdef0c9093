"""Photos and PDFs as people send them, made here, and the request they belong to."""

import io
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from PIL import Image, ImageDraw

from app.accounts.models import Account
from app.core.db import db
from app.core.errors import DomainError
from app.documents import policy

SUBJECT = "test_request:12"
OTHER_SUBJECT = "test_request:13"


def take_papers(
    app: Flask, prefix: str = "test_request", may_upload: Callable[[Account, str, str], bool] = lambda *_what: True
) -> None:
    """From now on, in this app, papers for `prefix:<n>` are taken: from anybody, unless `may_upload` says otherwise."""
    policy.provide_upload_policies.listen(app, lambda: [policy.UploadPolicy(prefix, may_upload)])


def multipart(fields: dict[str, str], files: list[tuple[str, bytes]]) -> tuple[bytes, str]:
    """(body, content type) of a form with files, each (name, bytes) in the field `files`."""
    mark = "----pingzheng"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()
    ]
    for name, data in files:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def make_picture(width: int = 640, height: int = 480) -> Image.Image:
    """A light page with lines of dark strokes on it."""
    picture = Image.new("RGB", (width, height), (245, 242, 235))
    draw = ImageDraw.Draw(picture)
    step = max(height // 24, 4)
    for row in range(step, height - step, step):
        for column in range(step, width - step, step * 2):
            draw.rectangle((column, row, column + step, row + step // 3), fill=(20, 20, 30))
    return picture


def encode(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def make_photo(width: int = 640, height: int = 480, kind: str = "JPEG", **options: object) -> bytes:
    return encode(make_picture(width, height), kind, **options)


def photo_with_place(kind: str = "JPEG") -> bytes:
    """A photo that says where, when and with which phone it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "SecretMaker", "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 7.0, 34.0), 3: "E", 4: (104.0, 23.0, 52.0)})
    return make_photo(kind=kind, exif=exif.tobytes())


def make_pdf(pages: int = 1, *, script: str = "", extra: str = "") -> bytes:
    """A PDF written by hand. script: run on opening, if anything ran it."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    catalog = "<< /Type /Catalog /Pages 2 0 R"
    if script:
        catalog += f" /OpenAction << /S /JavaScript /JS ({script}) >>"
    objects = [f"{catalog} {extra} >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for n in range(pages):
        text = f"BT /F1 36 Tf 72 700 Td (Page {n + 1}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}\nendstream")
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def patiently(accept: Callable[[], Any]) -> str:
    """Tries again while others' photos are read, as a browser does."""
    while True:
        try:
            accept()
        except DomainError as error:
            if error.code != "photos_busy":
                raise
            db.session.rollback()
            time.sleep(0.05)
        else:
            return "taken"
