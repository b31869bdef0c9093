"""The font of printed letters: it holds rare name characters (㛃 䶮 𬭚) and comes with the installation."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz

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


@contextmanager
def cut_font(text: str) -> Iterator[Path]:
    """A font file that holds only the characters of this text that the font has; it is deleted afterwards.

    Reading the whole font of 65,000 characters takes half a second at each printing, this one almost none. Raises as `font_path`.
    """
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, text))
    cut = uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(font_path()))), wanted)
    with tempfile.NamedTemporaryFile(suffix=".otf") as file:
        file.write(cut.blob.data)
        file.flush()
        yield Path(file.name)
