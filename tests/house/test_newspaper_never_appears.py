"""The newspaper that printed one of the articles is no insurance office: its telephone and address stand nowhere (S85)."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# In pieces, so that this file does not hold them itself.
PHONE = "8734" + "4649"
ADDRESS = "莲湖路" + "239"
BLANKS_AND_SIGNS = re.compile(rb"[\s()-]")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def holds(path: Path, needle: str) -> bool:
    return needle.encode() in BLANKS_AND_SIGNS.sub(b"", path.read_bytes())


def test_the_newspapers_phone_and_address_are_nowhere() -> None:
    files = tracked_files()

    assert len(files) > 50
    assert [str(path) for path in files for needle in (PHONE, ADDRESS) if holds(path, needle)] == []


def test_the_search_would_find_them(tmp_path: Path) -> None:
    written = tmp_path / "page.html"
    written.write_text(f"029-{PHONE[:4]} {PHONE[4:]} 西安市{ADDRESS}号")

    assert holds(written, PHONE)
    assert holds(written, ADDRESS)
