"""Rows as sources really send them, and rules of every type about them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shared.domain.column_path import path_of
from shared.domain.table import Column, Table
from tests.contract.laws.naive_rules import EXPRESSIONS

TABLE = Table(
    name="checked_rows",
    columns=(
        Column(name="run_id", type="STRING", mode="REQUIRED"),
        Column(name="service", type="STRING"),
        Column(name="charge_count", type="INTEGER"),
        Column(name="cost", type="NUMERIC"),
        Column(name="score", type="FLOAT"),
        Column(name="usage_date", type="DATE"),
        Column(name="used_at", type="TIMESTAMP"),
        Column(name="is_billable", type="BOOLEAN"),
        Column(name="data", type="JSON"),
    ),
)
ELSEWHERE = "known_rows"
"""Another table, with the same columns."""
_NUMBERS = "0 1 -1 +1 01 1.5 .5 5. 1e3 1E-3 -1e-10 0.0000000005 0.1234567891 1e28 1e29 9223372036854775808"
_NO_NUMBERS = ("", " ", " 2 ", "abc", "NaN", "inf", "1_0", "0x1A", "1,5", "1.2.3", "٣", "１", "e5", "-")
_BLANKS = ("\v1", "\f2\r\n", "\t-1.5 ", "\xa03", "\x1f4", " true")
_DAYS = ("2025-11-01", "2025-1-1", "2025-13-01", "2025-02-29", "20251101", "0001-01-01", "9999-12-31")
_MOMENTS = (
    "2025-11-01T10:00:00Z",
    "2025-11-01T10:00:00.123456Z",
    "2025-11-01 10:00:00",
    "2025-11-01T10:00:00+02:00",
    "2025-11-01t9:5:1.25z",
    "2025-11-01T24:00:00Z",
    "2025-11-01T25:00:00Z",
)
_WORDS = (
    "true",
    "TRUE",
    "false",
    "a",
    "A",
    "é",
    "e\u0301",
    "🙂",
    "a\nb",
    "a\n",
    '"',
    "\\",
    "'; --",
    "null",
    "a" * 300,
)
_GIVEN = (*_NUMBERS.split(), *_NO_NUMBERS, *_BLANKS, *_DAYS, *_MOMENTS, *_WORDS)
TEXTS = st.sampled_from(_GIVEN) | st.text(max_size=4)
NUMBERS = st.sampled_from((0, 1, -7, 2**53, -(2**53), 0.1, -1.5, 1.0, 1e-10, 1e20, 123456.789))
SCALARS = st.one_of(st.none(), TEXTS, NUMBERS, st.booleans())
VALUES = st.one_of(SCALARS, SCALARS, st.just({"b": 1}), st.just([1]))

ODD_NAMES = (
    *(
        "a.b",
        "lineItem/UnblendedCost",
        "sp ace",
        "it's",
        'q"x',
        "back\\slash",
        "é",
        "🙂",
        "",
        "$",
        "[0]",
        "*",
        "1x",
    ),
    *("Größe in m²", "-", "a\nb", "{}", "data", "NULL", "@run_id", "`", "${rows}", "%s", "?"),
)
"""Names of fields that no identifier is."""
DATA = st.fixed_dictionaries(
    {},
    optional={
        "n": VALUES,
        "s": VALUES,
        "t": VALUES,
        "deep": st.fixed_dictionaries({}, optional={"x": VALUES, **dict.fromkeys(ODD_NAMES, VALUES)}),
        **dict.fromkeys(ODD_NAMES, VALUES),
    },
)
FLOATS = (0.0, 0.1, -1.5, 2.0, 1e20, 1e300, float("nan"), float("inf"), -float("inf"))
ROWS = st.fixed_dictionaries(
    {
        "service": st.none() | TEXTS,
        "charge_count": st.none() | st.sampled_from((0, 1, 2, -(2**53), 2**53)),
        "cost": st.none()
        | st.sampled_from((Decimal("0"), Decimal("1.5"), Decimal("-0.000000001"), Decimal("1E+28"))),
        "score": st.none() | st.sampled_from(FLOATS),
        "usage_date": st.none()
        | st.sampled_from(
            (date(2025, 11, 1), date(2025, 11, 3), date(2025, 11, 7), date(1, 1, 1), date(2024, 2, 29))
        ),
        "used_at": st.none()
        | st.sampled_from(
            (datetime(2025, 11, 1, 10, 0, 0, 123456, tzinfo=UTC), datetime(2025, 11, 2, tzinfo=UTC))
        ),
        "is_billable": st.none() | st.booleans(),
        "data": DATA,
    }
)
_ODD = st.builds(
    lambda name, root: path_of((*root, name)),
    st.sampled_from(ODD_NAMES),
    st.sampled_from((("data",), ("data", "deep"))),
)
_IN_JSON = st.sampled_from(("data.n", "data.s", "data.t", "data.deep.x", "data.nowhere.at.all")) | _ODD
_ANYWHERE = _IN_JSON | st.sampled_from(("service", "charge_count", "cost", "usage_date", "is_billable"))
_AS_ANYTHING = st.sampled_from(("string", "integer", "number", "boolean", "date", "timestamp"))
_ACCEPTED = st.lists(TEXTS | st.sampled_from(("1", "true", "2025-11-01", "1.5")), min_size=1, max_size=6)
_ACCEPTED_BY_TYPE = {
    "string": ("1", "a", "é", ""),
    "integer": ("1", "+1", "-0", "9223372036854775807"),
    "number": ("1", "1.0", "1.50", "-.5", "1e3", "0.000000001", "1e28"),
    "boolean": ("true", "FALSE"),
    "date": ("2025-11-01", "0001-01-01"),
    "timestamp": ("2025-11-01T10:00:00Z", "2025-11-01T10:00:00+02:00", "2025-11-01T00:00:00.5+00:00"),
}
_PATTERNS = st.sampled_from(("a", "^[0-9]+", r"\.", "é", "^ ", "^(true|false)$", r"\d{4}-\d{2}", "^.$"))


def _rule(rule_type: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(rule_type), **fields})


def _range(
    column: st.SearchStrategy[str], read_as: str, bounds: tuple[Any, ...]
) -> st.SearchStrategy[dict[str, Any]]:
    one = st.sampled_from(bounds)
    either = _rule("range", column=column, minimum=one) | _rule("range", column=column, maximum=one)
    two = st.lists(st.sampled_from(range(len(bounds))), min_size=2, max_size=2).map(sorted)
    both = st.tuples(_rule("range", column=column), two).map(
        lambda drawn: {**drawn[0], "minimum": bounds[drawn[1][0]], "maximum": bounds[drawn[1][1]]}
    )
    return (either | both).map(lambda rule: {**rule, "as": read_as})


def _accepted(
    column: st.SearchStrategy[str], read_as: str, values: tuple[str, ...]
) -> st.SearchStrategy[dict[str, Any]]:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=4)
    return _rule("accepted_values", column=column, values=some, **{"as": st.just(read_as)})


# Without `cost`: some ten of its largest values are more than a NUMERIC sum can be.
_NUMBERED = _IN_JSON | st.sampled_from(("service", "charge_count", "score"))
_GROUPS = st.lists(_ANYWHERE | st.just("score"), max_size=2, unique=True)


def _foreign_key(column: st.SearchStrategy[str], read_as: str | None) -> st.SearchStrategy[dict[str, Any]]:
    references = column.map(lambda path: {"table": ELSEWHERE, "column": path})
    rule = _rule("foreign_key", column=column, references=references)
    return rule if read_as is None else rule.map(lambda each: {**each, "as": read_as})


def _sum(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return _rule("sum_equals", column=_NUMBERED, **fields)


def _monotonic(
    column: st.SearchStrategy[str], read_as: str, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return _rule("monotonic", column=column, **{"as": st.just(read_as)}, **fields)


def _gaps(column: st.SearchStrategy[str], read_as: str) -> st.SearchStrategy[dict[str, Any]]:
    of_rows = _rule("date_gaps", column=column, per=_GROUPS, **{"as": st.just(read_as)})
    return of_rows | of_rows.map(lambda rule: {**rule, "days": "date_range"})


RULES = st.one_of(
    _rule("not_null", column=_ANYWHERE),
    _rule("not_null", column=_IN_JSON | st.just("service"), **{"as": _AS_ANYTHING}),
    _rule(
        "not_null",
        column=st.sampled_from(("score", "cost")),
        **{"as": st.sampled_from(("integer", "number"))},
    ),
    _rule("unique", columns=st.lists(_ANYWHERE, min_size=1, max_size=3, unique=True)),
    _rule(
        "unique",
        columns=st.lists(
            _IN_JSON | st.sampled_from(("service", "cost", "score")), min_size=1, max_size=2, unique=True
        ),
        **{"as": st.just("number")},
    ),
    _rule("unique", columns=st.lists(_IN_JSON, min_size=1, max_size=2, unique=True), **{"as": _AS_ANYTHING}),
    _rule("accepted_values", column=_ANYWHERE, values=_ACCEPTED),
    *(
        _accepted(_IN_JSON | st.just("service"), read_as, values)
        for read_as, values in _ACCEPTED_BY_TYPE.items()
    ),
    _accepted(st.sampled_from(("cost", "score", "charge_count")), "number", ("0.10", "1.50", "2", "0")),
    _accepted(st.sampled_from(("cost", "score", "charge_count")), "integer", ("0", "2")),
    _range(st.just("score"), "number", (0, "0.1", 2)),
    _range(_IN_JSON | st.just("cost"), "number", ("-1e3", 0, "0.5", 10**20, "1E+28")),
    _range(_IN_JSON | st.just("charge_count"), "integer", ("-5", 0, 1, 2**60)),
    _range(_IN_JSON | st.just("usage_date"), "date", ("2000-01-01", "2025-11-01")),
    _range(_IN_JSON | st.just("used_at"), "timestamp", ("2025-11-01T10:00:00+01:00", "2025-11-01T09:00:00Z")),
    _rule("regex", column=_IN_JSON | st.sampled_from(("service", "charge_count")), pattern=_PATTERNS),
    _rule(
        "regex",
        column=_IN_JSON,
        pattern=st.sampled_from(("^[0-9]+$", "^[0-9]+[.]?[0-9]*$", "^true$", "^2025-")),
        **{"as": st.sampled_from(("string", "integer", "boolean", "date"))},
    ),
    _rule("row_count", minimum=st.integers(0, 20)),
    _rule("row_count", minimum=st.integers(0, 5), maximum=st.integers(5, 20)),
    _rule("freshness", column=_IN_JSON | st.just("used_at"), max_age_hours=st.integers(1, 10**6)),
    _rule(
        "freshness",
        column=_IN_JSON | st.just("usage_date"),
        max_age_hours=st.just(24),
        **{"as": st.just("date")},
    ),
    _rule("expression", expression=st.sampled_from(sorted(EXPRESSIONS))),
    _rule("length", column=_IN_JSON | st.just("service"), maximum=st.integers(0, 4)),
    _rule("length", column=st.just("service"), minimum=st.integers(1, 2), maximum=st.integers(2, 300)),
    _foreign_key(_ANYWHERE | st.just("score"), None),
    _foreign_key(_IN_JSON | st.sampled_from(("service", "charge_count", "score")), "number"),
    _foreign_key(_IN_JSON | st.sampled_from(("service", "usage_date", "used_at")), "timestamp"),
    _sum(value=st.sampled_from((0, "1.5", -3)), tolerance=st.sampled_from((0, "0.5", 10**20))),
    _sum(parameter=st.just("expected")),
    _sum(sum_of=_NUMBERED.map(lambda column: {"column": column})),
    _sum(sum_of=_NUMBERED.map(lambda column: {"table": ELSEWHERE, "column": column})),
    _rule("mean", column=_NUMBERED, minimum=st.sampled_from((0, "0.5", -10)), maximum=st.just(10**20)),
    _rule("distinct_count", column=_ANYWHERE | st.just("score"), minimum=st.integers(0, 3)),
    _rule("distinct_count", column=_IN_JSON, maximum=st.integers(0, 6), **{"as": _AS_ANYTHING}),
    _monotonic(_NUMBERED, "number", order_by=st.just("used_at") | _IN_JSON),
    _monotonic(_NUMBERED, "number", order_by=st.just("charge_count"), order_as=st.just("integer")),
    _monotonic(
        _IN_JSON | st.just("usage_date"), "date", order_by=_IN_JSON, order_as=st.just("number"), per=_GROUPS
    ),
    _gaps(_IN_JSON | st.just("usage_date"), "date"),
    _gaps(_IN_JSON | st.just("used_at"), "timestamp"),
    _rule("column_type", column=_IN_JSON | st.just("service"), **{"as": _AS_ANYTHING}),
    _rule("column_type", column=st.just("cost"), **{"as": st.sampled_from(("number", "integer"))}),
    _rule("schema", columns=st.just({"Cost": "NUMERIC", "data": "JSON"}), exact=st.booleans()),
    _rule("schema", columns=st.sampled_from(({"cost": "FLOAT"}, {"costs": "NUMERIC"}))),
    _rule("anomaly", percent=st.just(0)) | _rule("anomaly", z_score=st.just(3), column=_NUMBERED),
    _rule("compare_to_previous", percent=st.just(0), column=_NUMBERED),
)
TOLERANCES = st.fixed_dictionaries(
    {}, optional={"max_failures": st.integers(0, 3), "max_failure_percent": st.integers(0, 100)}
)


@st.composite
def rule_sets(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rules as YAML holds them, each with an id of its own."""
    found = draw(st.lists(st.tuples(RULES, TOLERANCES, st.booleans()), min_size=4, max_size=14))
    return [
        {
            "id": f"rule_{number}",
            **rule,
            **tolerance,
            **({"optional": True} if optional and _has_fields(rule) else {}),
        }
        for number, (rule, tolerance, optional) in enumerate(found)
    ]


def _has_fields(rule: dict[str, Any]) -> bool:
    return "column" in rule or rule["type"] == "unique"


def beside_powers_of_ten() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows on both sides of bounds that are written with an exponent, and the rules with these bounds."""
    empty = dict.fromkeys(column.name for column in TABLE.columns if column.name not in {"run_id", "data"})
    numbers = (-7, -1000.5, "-1e3", "-1000.000000001", "1e3", "1000.000000001", "1e28", "2e28", "1e29")
    rows = [{**empty, "data": {"n": number}} for number in numbers]
    bounds = ({"minimum": "-1e3"}, {"maximum": "1E3"}, {"minimum": "-1E+3", "maximum": "1e+28"})
    rules: list[dict[str, Any]] = [
        {"type": "range", "column": "data.n", "as": "number", **bound} for bound in bounds
    ]
    return rows, [{"id": f"rule_{number}", **rule} for number, rule in enumerate(rules)]
