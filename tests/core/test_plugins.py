import sys
from pathlib import Path

import pytest

from app.core.plugins import UnknownPlugin, load_plugin

GROUP = "pingzheng.tests"


@pytest.fixture
def foreign_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package of somebody else's that offers `county` under GROUP."""
    (tmp_path / "county_roster.py").write_text("class CountySource: pass\n")
    info = tmp_path / "county_roster-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: county-roster\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\ncounty = county_roster:CountySource\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "county_roster", raising=False)


def test_a_name_of_ours_is_found_in_the_dict() -> None:
    assert load_plugin(GROUP, "file", {"file": dict}) is dict


def test_a_name_of_an_installed_package_is_found_as_entry_point(foreign_package: None) -> None:
    found = load_plugin(GROUP, "county", {"file": dict})

    assert found.__name__ == "CountySource"


def test_an_unknown_name_is_refused_with_the_known_ones(foreign_package: None) -> None:
    with pytest.raises(UnknownPlugin, match="'cloud'; known are county, file"):
        load_plugin(GROUP, "cloud", {"file": dict})
