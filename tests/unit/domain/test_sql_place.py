"""Where BigQuery's errors are in what somebody wrote."""

import pytest

from shared.domain.sql_place import author_message, author_place, column_of, part_message
from shared.domain.sql_text import plain_select

FILE = "-- Costs.\n/* Two\nlines */ SELECT\n\tdta AS day,\n  'é日' AS name\nFROM raw_data;\n"
TEXT = plain_select(FILE)
STATEMENT = f"INSERT INTO `acme`.`daily` (`day`)\nSELECT S.`day` AS `day`\nFROM (\n{TEXT}\n) AS S"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("7:9", "transforms/daily.sql:4:2: Unrecognized name: dta"),
        ("6:10", "transforms/daily.sql:3:10: Unrecognized name: dta"),
        ("8:3", "transforms/daily.sql:5:3: Unrecognized name: dta"),
        ("2:8", "transforms/daily.sql: Unrecognized name: dta"),
        ("10:3", "transforms/daily.sql: Unrecognized name: dta"),
    ],
)
def test_a_place_in_the_statement_is_told_as_one_of_the_file(place: str, expected: str) -> None:
    message = f"Unrecognized name: dta at [{place}]"

    assert author_message(message, statement=STATEMENT, text=TEXT, file="transforms/daily.sql") == expected


def test_an_expression_in_the_middle_of_a_line_is_placed_within_it() -> None:
    statement = "SELECT\n  COUNTIF((a > b\nAND c) IS NOT TRUE)"

    def told(place: str) -> str:
        return part_message(
            f"no at [{place}]", statement=statement, text="a > b\nAND c", part="its expression"
        )

    assert told("2:16") == "line 1, column 5 of its expression: no"
    assert told("3:5") == "line 2, column 5 of its expression: no"
    assert told("2:3") == "no"


def test_a_message_without_a_place_stays_as_it_is() -> None:
    assert author_place("division by zero", statement=STATEMENT, text=TEXT) == (None, "division by zero")
    assert author_place("no at [1:1]", statement=STATEMENT, text="") == (None, "no")


def test_a_tab_goes_on_to_the_next_of_every_eight_columns() -> None:
    assert [column_of("\tab\tc", shown) for shown in (1, 9, 10, 17, 99)] == [1, 2, 3, 5, 6]
