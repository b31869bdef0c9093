import pytest

from app.core.display import masked_name


def test_a_masked_name_keeps_its_first_character_and_fits_a_small_screen(subtests: pytest.Subtests) -> None:
    for name, shown in (
        ("张三", "张*"),
        ("李建国", "李**"),
        ("欧阳建国", "欧***"),
        ("DUPONT MARIE", "D***"),
        ("阿依古丽·买买提", "阿***"),
    ):
        with subtests.test(name=name, shown=shown):
            assert masked_name(name) == shown
