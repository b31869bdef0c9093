"""Why a file is not taken, in words for the person who sent it."""

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.settings import settings


def refusal(code: str) -> DomainError:
    """The refusal for a code of `kinds.Unfit` or of this feature's own limits."""
    what, after, status = _sentences()[code]
    return DomainError(code, what, after, status=status)


def refusal_sentence(code: str) -> str:
    """For a page that was refused later, beside its row; empty when it was not."""
    if not code:
        return ""
    what, after, _status = _sentences()[code]
    return what + after


def store_unavailable() -> DomainError:
    return DomainError(
        "store_unavailable",
        _("现在存不了材料，您发来的没有保存。"),
        _("请过几分钟再发一次。"),
        status=503,
        retry_after=60,
    )


def page_unreadable() -> DomainError:
    return DomainError("page_unreadable", _("这份材料现在打不开。"), _("请过几分钟再试。还是打不开的话，请打电话。"), status=503)


def _sentences() -> dict[str, tuple[str, str, int]]:
    size, files, pages = settings.document_max_megabytes, settings.document_max_files, settings.document_max_pdf_pages
    again = _("请对着材料拍一张照片再发。")
    return {
        "no_file": (_("还没有选照片或文件。"), _("请先选好，再点“发送”。"), 422),
        "empty": (_("这个文件是空的，里面没有内容。"), again, 422),
        "too_large": (_("这个文件超过了 %(size)s MB，太大了。", size=size), again, 413),
        "too_many_pixels": (
            _("这张图片的尺寸太大，超过了 %(count)s 万像素。", count=settings.document_max_megapixels * 100),
            again,
            413,
        ),
        "unknown_kind": (_("这不是照片，也不是 PDF。"), _("可以发 JPEG、PNG、WebP、HEIC 照片和 PDF。"), 415),
        "unreadable": (_("这个文件坏了，打不开。"), again, 422),
        "pdf_password": (_("这个 PDF 设了密码，我们打不开。"), _("请去掉密码再发，或者对着材料拍照。"), 422),
        "pdf_pages": (_("这个 PDF 的页数太多，最多 %(pages)s 页。", pages=pages), _("请只发需要的那几页。"), 422),
        "pdf_too_hard": (_("这个 PDF 太复杂，我们读不出来。"), again, 422),
        "too_many_files": (
            _("这份申请的材料最多 %(files)s 个文件，已经满了。", files=files),
            _("请先删掉不要的，再发新的。"),
            409,
        ),
        "too_many_uploads": (_("您有太多文件还没有发完。"), _("请等它们发完，或过一会儿再发。"), 429),
        "quota_full": (_("您存在这里的材料太多了，已经没有空间。"), _("请先删掉不要的材料。"), 409),
        "upload_broken": (_("这个文件没有发完整。"), _("请再发一次。"), 409),
    }
