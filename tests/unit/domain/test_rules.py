"""What the figures of rules about all rows mean, and which rules are refused."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.ids import run_id_at
from shared.domain.model import RECORDED
from shared.domain.rule_figure import FigurePlace, RuleFigure
from shared.domain.rules.compiled_rule import Found
from tests.fakes.clock import NOON
from tests.unit.domain.test_compiled_rule import RULE, compiled_of, told

ROWS = 10


def verdict(*figures: int | str | None, **settings: Any) -> tuple[bool, int | None, str]:
    return told(compiled_of(**settings).result(Found(figures, ROWS, NOON)))


SUM = {"type": "sum_equals", "column": "data.cost"}
OF_PAID = {**SUM, "sum_of": {"column": "data.paid"}}


@pytest.mark.parametrize(
    ("settings", "figures", "expected"),
    [
        ({**SUM, "value": "12.30"}, ("12.3", 0), (True, 0, "the sum of data.cost is 12.3")),
        (
            {**SUM, "value": 12},
            ("11.999999999", 0),
            (False, 0, "the sum of data.cost is 11.999999999, -0.000000001 from 12"),
        ),
        ({**SUM, "value": 12, "tolerance": "0.000000001"}, ("11.999999999", 0), None),
        (
            {**SUM, "value": 0, "tolerance": "9" * 29},
            (f"{'9' * 29}.000000001", 0),
            (False, 0, f"the sum of data.cost is {'9' * 29}.000000001, +{'9' * 29}.000000001 from 0"),
        ),
        (
            {**SUM, "value": "9" * 29},
            ("1" * 29, 0),
            (False, 0, f"the sum of data.cost is {'1' * 29}, -{'8' * 29} from {'9' * 29}"),
        ),
        (
            {**SUM, "parameter": "invoice"},
            ("1", 0, None),
            (False, 0, "the run has no value for the parameter invoice"),
        ),
        ({**SUM, "parameter": "invoice"}, ("1", 0, "1"), None),
        (OF_PAID, ("1.5", 0, "-1.5", 0), (False, 0, "the sum of data.cost is 1.5, +3.0 from -1.5")),
        (
            OF_PAID,
            ("1.5", 0, "1.5", 2),
            (False, 0, "2 rows of the table have a data.paid that can't be read as number"),
        ),
        (
            OF_PAID,
            ("1.5", 3, "1.5", 0),
            (False, 3, "3 of 10 rows have a data.cost that can't be read as number"),
        ),
        ({**OF_PAID, "max_failures": 3}, ("1.5", 3, "1.5", 0), (True, 3, "the sum of data.cost is 1.5")),
    ],
)
def test_a_sum_is_held_against_what_it_should_be_to_the_last_digit(
    settings: dict[str, Any], figures: tuple[Any, ...], expected: tuple[bool, int, str] | None
) -> None:
    found = verdict(*figures, **settings)

    assert found == expected if expected else found[0]


MEAN = {"type": "mean", "column": "c", "minimum": "0.5", "maximum": 2}
DISTINCT = {"type": "distinct_count", "column": "c", "minimum": 2, "maximum": 3}
GAPS = {"type": "date_gaps", "column": "c"}
OF_THE_RUN = {**GAPS, "days": "days"}
DAY_20000 = "2024-10-04"
HAS = "c STRING\nDATA JSON\ncost NUMERIC(10, 2)"


@pytest.mark.parametrize(
    ("settings", "figures", "expected"),
    [
        (MEAN, ("1.5", 3, 0), (True, 0, "the mean of c is 0.5")),
        (MEAN, ("1.499999999", 3, 0), (False, 0, "the mean of c is 0.5, at least 0.5 is needed")),
        (MEAN, ("6", 3, 0), (True, 0, "the mean of c is 2")),
        (MEAN, ("6.000000001", 3, 0), (False, 0, "the mean of c is 2, at most 2 may be")),
        (MEAN, (None, 0, 0), (True, 0, "there is no value of c to take the mean of")),
        (MEAN, ("3", 3, 1), (False, 1, "1 of 10 rows have a c that can't be read as number")),
        (DISTINCT, (1, 0), (False, 0, "there are 1 different values of c, at least 2 are needed")),
        (DISTINCT, (2, 0), (True, 0, "there are 2 different values of c")),
        (DISTINCT, (4, 0), (False, 0, "there are 4 different values of c, at most 3 may be")),
        (DISTINCT, (2, 1), (False, 1, "1 of 10 rows have a c that can't be read as a value")),
        (GAPS, (0, 0, None), (True, 0, "no day is without rows")),
        (GAPS, (0, 1, 20000), (False, 0, f"1 day is without rows, {DAY_20000} among them")),
        (GAPS, (2, 0, None), (False, 2, "2 of 10 rows have a c that can't be read as date")),
        (OF_THE_RUN, (0, 0, None, 0, None, None), (True, 0, "no day is without rows")),
        (
            OF_THE_RUN,
            (0, 2, 20003, 5, 20000, 20009),
            (False, 0, f"5 days are without rows, {DAY_20000} among them"),
        ),
        (
            {**OF_THE_RUN, "per": ["data.a", "data.b"]},
            (0, 0, None, 3, None, None),
            (False, 0, "3 days of a data.a and data.b are without rows"),
        ),
        ({"type": "schema", "columns": {"data": "JSON"}}, (HAS,), (True, 0, "the table has the columns")),
        (
            {"type": "schema", "columns": {"C": "STRING", "data": "JSON", "cost": "NUMERIC"}, "exact": True},
            (HAS,),
            (True, 0, "the table has the columns"),
        ),
        (
            {"type": "schema", "columns": {"c": "INTEGER", "day": "DATE"}, "exact": True},
            (HAS,),
            (
                False,
                0,
                "c is STRING and not INT64; there is no day; there is data besides; there is cost besides",
            ),
        ),
        ({"type": "schema", "columns": {"c": "STRING"}}, (None,), (False, 0, "there is no c")),
        (
            {"type": "column_type", "column": "c", "as": "string"},
            (HAS,),
            (True, 0, "the table's c is STRING"),
        ),
        (
            {"type": "column_type", "column": "c", "as": "string"},
            ("c INT64",),
            (False, 0, "the table's c is INT64"),
        ),
        (
            {"type": "column_type", "column": "c", "as": "string"},
            ("d STRING",),
            (False, 0, "the table has no column c"),
        ),
        ({"type": "column_type", "column": "c", "as": "date"}, (3,), (False, 3, "3 of 10 rows are no date")),
    ],
)
def test_figures_of_all_rows_are_held_against_the_rule(
    settings: dict[str, Any], figures: tuple[Any, ...], expected: tuple[bool, int, str]
) -> None:
    assert verdict(*figures, **settings) == expected


def against(
    earlier: list[tuple[str, int]], figure: str, rows: int, **settings: Any
) -> tuple[bool, int | None, str]:
    """The verdict beside earlier figures, the last one first; each is the sum or the rows, and the rows."""
    known = tuple(
        RuleFigure(
            run_id=run_id_at(NOON),
            rule_id="x",
            of="f",
            days=None,
            figure=Decimal(value),
            rows=count,
            recorded_at=NOON,
        )
        for value, count in earlier
    )
    place = FigurePlace(frozenset(), "x", "f", None)
    result = compiled_of(**settings).result(Found((figure, 0), rows, NOON, place, known))
    assert (result.figure, result.figure_of) == (figure, "f")
    return told(result)


SIGMA = {"type": "anomaly", "column": "data.cost", "z_score": 2, "minimum_runs": 3}
SHARE = {"type": "anomaly", "percent": 10, "minimum_runs": 2, "runs": 3}
NEAR = {"type": "compare_to_previous", "column": "data.cost", "percent": 10}
WEEK = [("9", 1), ("11", 1), ("10", 1)]


@pytest.mark.parametrize(
    ("settings", "earlier", "figure", "rows", "expected"),
    [
        (
            SIGMA,
            WEEK[:2],
            "1000",
            1,
            (True, 0, "the sum of data.cost is 1000; 2 earlier runs are there, of 3 that it takes to judge"),
        ),
        (
            SIGMA,
            WEEK,
            "12",
            1,
            (
                True,
                0,
                "the sum of data.cost is 12; the mean of the last 3 runs is 10, their standard deviation 1",
            ),
        ),
        (
            SIGMA,
            WEEK,
            "12.000000001",
            1,
            (
                False,
                0,
                (
                    "the sum of data.cost is 12.000000001; the mean of the last 3 runs is 10, "
                    "their standard deviation 1"
                ),
            ),
        ),
        (SIGMA, WEEK, "8", 1, None),
        (SIGMA, [("10", 1)] * 3, "10", 1, None),
        (
            SHARE,
            [("110", 110), ("100", 100), ("90", 90), ("9000", 9000)],
            "110",
            110,
            (True, 0, "the number of rows is 110; the mean of the last 3 runs is 100"),
        ),
        (
            SHARE,
            [("100", 100)] * 3,
            "111",
            111,
            (False, 0, "the number of rows is 111; the mean of the last 3 runs is 100"),
        ),
        (SHARE, [("0", 0)] * 3, "0", 0, None),
        (
            NEAR,
            [],
            "5",
            3,
            (True, 0, "the sum of data.cost is 5; there is no earlier run to compare it with"),
        ),
        (NEAR, [("100", 10), ("1", 1)], "110", 9, (True, 0, "within 10 % of the last run's 10 rows")),
        (
            NEAR,
            [("100", 10)],
            "110.01",
            8,
            (
                False,
                0,
                (
                    "the number of rows is 8 where the last run had 10 and "
                    "the sum of data.cost is 110.01 where the last run had 100"
                ),
            ),
        ),
        (NEAR, [("0", 10)], "0", 10, (True, 0, "within 10 % of the last run's 10 rows")),
        (
            {"type": "compare_to_previous", "percent": 10},
            [("0", 0)],
            "3",
            3,
            (False, 0, "the number of rows is 3 where the last run had 0"),
        ),
    ],
)
def test_a_figure_is_held_against_those_of_earlier_runs(
    settings: dict[str, Any],
    earlier: list[tuple[str, int]],
    figure: str,
    rows: int,
    expected: tuple[bool, int, str] | None,
) -> None:
    found = against(earlier, figure, rows, **settings)

    assert found == expected if expected else found[0]


def test_a_sum_of_which_rows_are_missing_is_recorded_for_no_one() -> None:
    result = compiled_of(**NEAR).result(Found(("5", 1), 10, NOON, FigurePlace(frozenset(), "x", "f", None)))

    assert (result.passed, result.figure) == (False, None)
    assert result.message == "1 of 10 rows have a data.cost that can't be read as number"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"type": "length", "column": "c"}, "needs 'minimum', 'maximum' or both"),
        ({"type": "length", "column": "c", "minimum": 3, "maximum": 2}, "'minimum' is above 'maximum'"),
        ({"type": "distinct_count", "column": "c", "minimum": 10, "maximum": 9}, "'minimum' is above"),
        ({"type": "mean", "column": "c", "minimum": "1e1", "maximum": "9.5"}, "'minimum' is above"),
        ({"type": "mean", "column": "c", "minimum": "ten"}, "'minimum' can't be read as number"),
        ({"type": "row_count", "minimum": 10, "maximum": 9}, "'minimum' is above 'maximum'"),
        ({"type": "range", "column": "c", "minimum": 10, "maximum": 9}, "'minimum' is above 'maximum'"),
        (
            {
                "type": "range",
                "column": "c",
                "as": "timestamp",
                "minimum": "2025-11-01T00:00:00Z",
                "maximum": "2025-11-01T00:30:00+01:00",
            },
            "'minimum' is above 'maximum'",
        ),
        (SUM, "needs one of 'value', 'parameter' and 'sum_of'"),
        ({**SUM, "value": 1, "parameter": "x"}, "needs one of 'value', 'parameter' and 'sum_of'"),
        ({**SUM, "value": "ten"}, "'value' can't be read as number"),
        ({**SUM, "value": 1, "tolerance": -1}, "greater than or equal to 0"),
        ({"type": "anomaly"}, "needs one of 'z_score' and 'percent'"),
        ({"type": "anomaly", "percent": 1, "z_score": 1}, "needs one of 'z_score' and 'percent'"),
        ({"type": "anomaly", "percent": 1, "runs": 4}, "'minimum_runs' is above 'runs'"),
        ({"type": "anomaly", "z_score": 0}, "greater than 0"),
    ],
)
def test_a_rule_that_nothing_could_satisfy_is_refused(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        compiled_of(**settings)


def test_bounds_that_an_earlier_release_recorded_are_read_as_they_are() -> None:
    recorded = {"id": "x", "type": "row_count", "minimum": 10, "maximum": 9}

    assert RULE.validate_python(recorded, context=RECORDED).type == "row_count"
