import pytest

from app.core.display import masked_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("李建国", "李**"), ("欧阳建国", "欧***"), ("DUPONT MARIE", "D***"), ("阿依古丽·买买提", "阿***")],
)
def test_a_masked_name_keeps_its_first_character_and_fits_a_small_screen(name: str, shown: str) -> None:
    assert masked_name(name) == shown
