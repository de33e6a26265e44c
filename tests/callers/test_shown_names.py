import pytest

from app.callers.shown_names import shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张女士", "张女士"),
        ("李先生", "李先生"),
        ("张小明", "张*"),
        ("张伟", "张*"),
        ("欧阳明月", "欧阳*"),
        ("欧阳女士", "欧阳女士"),
        ("欧阳", "欧*"),
        ("张", "张*"),
        (" 王强 ", "王*"),
        ("John", "J*"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_name_is_shown_by_its_surname_alone(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_the_length_of_a_given_name_is_not_given_away() -> None:
    assert shown_name("张三") == shown_name("张三丰")
