"""Times of Arrow as text. They are whole numbers of a unit; BigQuery, as Python, holds but a part of them."""

import pyarrow
import pyarrow.compute as compute

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_SECONDS_A_DAY = 24 * 60 * 60
_FIRST_DAY = -719_162
_LAST_DAY = 2_932_896
"""0001-01-01 and 9999-12-31, counted from 1970-01-01."""
_OUT_OF_YEARS = "holds a time outside the years 1 to 9999"

Texts = list[str | None]


class ColumnError(Exception):
    """A column holds a value that can't be said without loss; the message says of what kind, not which.

    `path` leads to what is nested in the column.
    """

    def __init__(self, problem: str, *path: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path


def dates(array: pyarrow.Array) -> Texts:
    """`2025-11-15`. Raises ColumnError for years that haven't four digits."""
    days = _whole_numbers(array)
    if pyarrow.types.is_date64(array.type):
        days = compute.divide(days, _SECONDS_A_DAY * 1_000)
    _require_between(days, _FIRST_DAY, _LAST_DAY, problem=_OUT_OF_YEARS)
    return _listed(days.cast("int32").view("date32").cast("string"))


def moments(array: pyarrow.Array) -> Texts:
    """`2025-11-15T10:30:00.500000Z`: Parquet keeps times in UTC, whatever zone they are to be shown in.

    A time without a zone is taken for one in UTC. Raises ColumnError for what microseconds of four-digit years can't
    hold.
    """
    a_second = _PER_SECOND[array.type.unit]
    ticks = _whole_numbers(array)
    first, after_last = (day * _SECONDS_A_DAY * a_second for day in (_FIRST_DAY, _LAST_DAY + 1))
    _require_between(ticks, first, after_last - 1, problem=_OUT_OF_YEARS)
    texts = _without_zeros(_microseconds(ticks, a_second).view(pyarrow.timestamp("us")))
    return _listed(compute.binary_join_element_wise(compute.replace_substring(texts, " ", "T"), "Z", ""))


def times_of_day(array: pyarrow.Array) -> Texts:
    """`10:30:00.500000`. Raises ColumnError for what no day has, and what isn't whole microseconds."""
    a_second = _PER_SECOND[array.type.unit]
    ticks = _whole_numbers(array)
    _require_between(ticks, 0, _SECONDS_A_DAY * a_second - 1, problem="holds a time that no day has")
    return _listed(_without_zeros(_microseconds(ticks, a_second).view(pyarrow.time64("us"))))


def durations(array: pyarrow.Array) -> Texts:
    """`PT90.5S`, as ISO 8601 says seconds and BigQuery reads them."""
    a_second = _PER_SECOND[array.type.unit]
    ticks = _whole_numbers(array).to_pylist()
    return [None if each is None else _duration(each, a_second) for each in ticks]


def _without_zeros(times: pyarrow.Array) -> pyarrow.Array:
    """The texts of times with microseconds; those of whole seconds have none."""
    return compute.replace_substring(times.cast("string"), ".000000", "")


def _listed(texts: pyarrow.Array) -> Texts:
    found: Texts = texts.to_pylist()
    return found


def _duration(ticks: int, a_second: int) -> str:
    seconds, rest = divmod(abs(ticks), a_second)
    fraction = f"{rest / a_second:.9f}".rstrip("0").removeprefix("0") if rest else ""
    return f"PT{'-' if ticks < 0 else ''}{seconds}{fraction}S"


def _whole_numbers(array: pyarrow.Array) -> pyarrow.Array:
    return array.view("int32").cast("int64") if array.type.bit_width == 32 else array.view("int64")


def _require_between(numbers: pyarrow.Array, first: int, last: int, *, problem: str) -> None:
    found = compute.min_max(numbers).as_py()
    if found["min"] is not None and (found["min"] < first or found["max"] > last):
        raise ColumnError(problem)


def _microseconds(ticks: pyarrow.Array, a_second: int) -> pyarrow.Array:
    if a_second <= _PER_SECOND["us"]:
        return compute.multiply(ticks, _PER_SECOND["us"] // a_second)
    exact = compute.divide(ticks, 1_000)
    if compute.all(compute.equal(compute.multiply(exact, 1_000), ticks)).as_py() is False:
        raise ColumnError("holds a time with nanoseconds; BigQuery's times have microseconds")
    return exact
