"""Why a file is not accepted, in words for the person who sent it."""

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.settings import settings
from app.documents.kinds import OtherKind


def refusal(code: str, *, pixels: int = 0) -> DomainError:
    """The refusal for a code of `kinds.Unfit` or of this feature's own limits. pixels: of the refused picture."""
    what, after, status = _sentences(pixels)[code]
    return DomainError(code, what, after, status=status)


def refusal_sentence(code: str) -> str:
    """The sentence shown beside a page that was refused later; empty when it was not."""
    if not code:
        return ""
    what, after, _status = _sentences()[code]
    return what + after


def blank_notice(numbers: list[str]) -> tuple[str, str]:
    """(title, text) of the message to a person who sent a PDF with some blank pages."""
    return _("有的页是空白的"), _(
        "您发来的 PDF 里，第 %(pages)s 页是空白的，什么也看不到。如果这一页应该有内容，请截图再发，或者对着材料拍照。",
        pages="、".join(numbers),
    )


def photos_busy() -> DomainError:
    return DomainError(
        "photos_busy",
        _("现在发照片的人多，这张照片还没有收下。"),
        _("请过几秒钟再发一次。先前收下的不会丢。"),
        status=503,
        retry_after=3,
    )


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


def _sentences(pixels: int = 0) -> dict[str, tuple[str, str, int]]:
    return {
        "no_file": (_("还没有选照片或文件。"), _("请先选好，再点“发送”。"), 422),
        "empty": (_("这个文件是空的，里面没有内容。"), _again(), 422),
        "unreadable": (_("这个文件坏了，打不开。"), _again(), 422),
        "upload_broken": (_("这个文件没有发完整。"), _("请再发一次。"), 409),
        **_pictures(pixels),
        **_pdfs(),
        **_other_kinds(),
        **_full(),
    }


def _again() -> str:
    return str(_("请对着材料拍一张照片再发。"))


def _pictures(pixels: int) -> dict[str, tuple[str, str, int]]:
    ordinary = _("请在相机设置里关掉高像素模式再拍一张，或者发这张照片的截图。")
    most = settings.document_max_megapixels * 100
    return {
        "too_large": (_("这个文件超过了 %(size)s MB，太大了。", size=settings.document_max_megabytes), ordinary, 413),
        "too_many_pixels": (
            _("这张图片有 %(pixels)s 万像素，超过了 %(count)s 万像素。", pixels=pixels // 10_000, count=most),
            ordinary,
            413,
        ),
        "too_long": (_("这张图片或这一页太长了，缩小以后字会看不清。"), _("请分成几段截图，一段一段地发。"), 422),
        "photo_too_hard": (
            _("这张图片的存法太特别，我们读不出来。"),
            _("请用手机的相机重新拍一张，或者发这张图片的截图。"),
            422,
        ),
    }


def _pdfs() -> dict[str, tuple[str, str, int]]:
    pages = settings.document_max_pdf_pages
    return {
        "pdf_password": (_("这个 PDF 设了密码，我们打不开。"), _("请去掉密码再发，或者对着材料拍照。"), 422),
        "pdf_pages": (_("这个 PDF 的页数太多，最多 %(pages)s 页。", pages=pages), _("请只发需要的那几页。"), 422),
        "pdf_too_hard": (_("这个 PDF 太复杂，我们读不出来。"), _again(), 422),
        "pdf_blank": (
            _("这个 PDF 的每一页都是空白的，什么也看不到，可能是它用的字体没有存在文件里。"),
            _("请在手机上打开它，截图再发，或者对着材料拍照。"),
            422,
        ),
    }


def _full() -> dict[str, tuple[str, str, int]]:
    """Refusals because a limit is reached, whatever the file."""
    files = settings.document_max_files
    return {
        "too_many_files": (
            _("这份申请的材料最多 %(files)s 个文件，已经满了。", files=files),
            _("请先删掉不要的，再发新的。"),
            409,
        ),
        "too_many_uploads": (_("您有太多文件还没有发完。"), _("请等它们发完，或过一会儿再发。"), 429),
        "quota_full": (_("您存在这里的材料太多了，已经没有空间。"), _("请先删掉不要的材料。"), 409),
    }


def _other_kinds() -> dict[str, tuple[str, str, int]]:
    taken = _("可以发 JPEG、PNG、WebP、HEIC 照片和 PDF。")
    shot = _("请在手机上打开它，截图再发。")
    said = {
        OtherKind.avif: (_("这是 AVIF 图片，我们读不了。"), shot),
        OtherKind.gif: (_("这是 GIF 图片，我们读不了。"), shot),
        OtherKind.bmp: (_("这是 BMP 图片，我们读不了。"), shot),
        OtherKind.tiff: (_("这是 TIFF 图片或相机的原始文件，我们读不了。"), shot),
        OtherKind.svg: (_("这不是照片，也不是 PDF，是 SVG 图形。"), shot),
        OtherKind.office: (
            _("这不是照片，也不是 PDF，是 Word、WPS、Excel 文档或压缩包。"),
            _("请把需要的那几页存成 PDF，或者截图再发。"),
        ),
        OtherKind.film: (_("这是视频，不是照片。"), _("请拍一张照片再发。")),
        OtherKind.web: (_("这不是照片，也不是 PDF，是网页。"), shot),
        OtherKind.unknown: (_("这不是照片，也不是 PDF。"), taken),
    }
    return {f"unknown_{kind.value}": (what, after, 415) for kind, (what, after) in said.items()}
