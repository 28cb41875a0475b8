"""Time zones by their names."""

import pytest

from shared.domain.time_zone import require_time_zone


@pytest.mark.parametrize(
    "name", ["Etc/UTC", "UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+12"]
)
def test_a_name_of_the_database_is_taken(name: str) -> None:
    assert require_time_zone(name) == name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("EUROPE/BERLIN", "Europe/Berlin"),
        ("etc/utc", "Etc/UTC"),
        ("Utc", "UTC"),
        (" Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_a_name_spelt_otherwise_is_refused_with_the_right_one(name: str, meant: str) -> None:
    with pytest.raises(ValueError, match="time zone") as caught:
        require_time_zone(name)

    assert str(caught.value) == (
        f"'{name}' is not the name of a time zone, such as Etc/UTC or Europe/Berlin. Did you mean '{meant}'?"
    )


@pytest.mark.parametrize(
    "name",
    ["Europe", "America/Argentina", "../zoneinfo", "/etc", "a" * 300, "tzdata.zi", "localtime", "Factory",
     "posix/Europe/Berlin", "right/Europe/Berlin", "CEST", "+01:00", ""],
)  # fmt: skip
def test_what_is_no_name_is_refused_whatever_files_a_system_has(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a time zone"):
        require_time_zone(name)
