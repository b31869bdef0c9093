"""The font of printed letters: it holds rare name characters (㛃 䶮 𬭚) and comes with the installation."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "rinoh_typeface_notosanscjk"  # Noto Sans CJK; only its font file is used, the package itself is never imported


@cache
def font_path() -> Path:
    """Raises RuntimeError when the font is not installed."""
    found = find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "notosanscjkjp-regular.otf"
        if path.is_file():
            return path
    raise RuntimeError("The font for letters is missing: pip install --no-deps -r requirements-fonts.txt")
