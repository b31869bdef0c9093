"""The name of a downloaded file."""

from urllib.parse import quote

from werkzeug.http import dump_options_header


def attachment(name: str) -> str:
    """A Content-Disposition for any name. A name that is not ASCII goes into `filename*` (RFC 6266), beside a plain one."""
    if name.isascii():
        return dump_options_header("attachment", {"filename": name})
    plain = "".join(c if c.isascii() and c.isprintable() else "_" for c in name)
    return dump_options_header("attachment", {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"})
