"""Words and tables in the terminal."""

import io

import pytest
from rich.console import Console

from cli.screen import build_table, duration_words, plural


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (None, ""),
        (0, "0 ms"),
        (999, "999 ms"),
        (1_000, "1.0 s"),
        (59_949, "59.9 s"),
        (60_000, "1m 00s"),
        (125_999, "2m 05s"),
        (3_600_000, "1h 00m"),
        (3_723_000, "1h 02m"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_fits(milliseconds: int | None, words: str) -> None:
    assert duration_words(milliseconds) == words


def test_one_thing_is_singular() -> None:
    assert [plural(count, "key") for count in (0, 1, 1_000)] == ["0 keys", "1 key", "1,000 keys"]


def test_what_names_a_row_is_whole_in_a_narrow_terminal() -> None:
    run_id = "019a8b6e-5c40-7000-8000-000000000001"
    printed = io.StringIO()

    Console(file=printed, width=60).print(build_table(("RUN", "ERROR"), [(run_id, "long words " * 20)]))

    assert run_id in printed.getvalue()


def test_square_brackets_in_a_cell_are_text() -> None:
    printed = io.StringIO()

    Console(file=printed, width=60).print(build_table(("DESCRIPTION",), [("[bold]nightly[/bold]",)]))

    assert "[bold]nightly[/bold]" in printed.getvalue()
