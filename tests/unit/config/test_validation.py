"""How a document that does not fit its model is explained."""

import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from shared.config.document import parse_document
from shared.config.kinds import UNKNOWN_WORD
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.validation import validate


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Destination(Closed):
    table: str
    mode: Literal["append", "replace", "merge"] = "append"


class Ingest(Closed):
    type: Literal["ingest"]
    source: str = Field(description="the name of a file in sources/")
    destination: Destination | None = None


class Sql(Closed):
    type: Literal["sql"]
    sql: Destination
    keys: tuple[str, ...] = ()


Step = Annotated[Ingest | Sql, Field(discriminator="type")]


class Severity(StrEnum):
    ERROR = "error"
    WARN = "warn"


class Pipeline(Closed):
    steps: list[Step] = []
    step_by_name: dict[Annotated[str, Field(pattern="^[a-z]+$")], Step] = {}
    trigger_on: str = Field(default="push", alias="on")
    attempts: int = Field(default=3, ge=1, le=9)
    enabled: bool = True
    tolerance: Decimal = Decimal(0)
    first_day: date | None = None
    severity: Severity = Severity.ERROR
    columns: str | list[str] | Destination = "all"
    nested: list[dict[str, list[Step]]] = []
    name: str = Field(default="export", pattern="^[a-z_]+$", max_length=10)

    @field_validator("attempts")
    @classmethod
    def require_luck(cls, value: int) -> int:
        if value == 4:
            raise ValueError("4 attempts bring no luck")
        return value


def problems_of(text: str, model: type[BaseModel] = Pipeline) -> list[str]:
    document = parse_document(text, file="export.yml")
    with pytest.raises(ConfigError) as caught:
        validate(document, model)
    return [str(problem).removeprefix("export.yml:") for problem in caught.value.problems]


def test_a_document_that_fits_becomes_the_model() -> None:
    text = (
        "on: no\nfirst_day: 2025-11-01\ntolerance: 0.000000001\nsteps:\n  - {type: ingest, source: files}\n"
    )

    pipeline = validate(parse_document(text, file="export.yml"), Pipeline)

    assert pipeline == Pipeline(
        on="no",
        first_day=date(2025, 11, 1),
        tolerance=Decimal("1e-9"),
        steps=[Ingest(type="ingest", source="files")],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("attempts: abc", "1:11: attempts: must be a whole number, is 'abc'"),
        ("attempts: 1.5", "1:11: attempts: must be a whole number, is 1.5"),
        ("attempts: 0", "1:11: attempts: must be 1 or more, is 0"),
        ("attempts: 4", "1:11: attempts: 4 attempts bring no luck"),
        ("attempts: 1_0x", "1:11: attempts: must be a whole number, is '1_0x'; a number has no underscores"),
        ("attempts: 0x1", "1:11: attempts: must be a whole number, is '0x1'; a number has no leading zeros"),
        ("enabled: 'maybe'", "1:10: enabled: must be true or false, is 'maybe'"),
        ("enabled:", "1:1: enabled: must be true or false, is empty"),
        ("tolerance: x", "1:12: tolerance: must be a number, is 'x'"),
        ("first_day: 2025-13-01", "1:12: first_day: must be a date such as 2025-11-01, is '2025-13-01'"),
        ("on: true", "1:5: on: must be text, is true; write it in quotes"),
        ("on: 1.10", "1:5: on: must be text, is 1.1; write it in quotes"),
        ("name: Export", "1:7: name: must match the pattern ^[a-z_]+$, is 'Export'"),
        ("name: an_export_of_costs", "1:7: name: must have at most 10 characters, is 'an_export_of_costs'"),
        ("severity: wran", "1:11: severity: 'wran' is not allowed; use one of error, warn. Did you mean 'warn'?"),
        ("severity: 3", "1:11: severity: 3 is not allowed; use one of error, warn"),
        ("steps: {}", "1:1: steps: must be a list, is a mapping"),
        ("step_by_name: [1]", "1:1: step_by_name: must be a mapping (key: value), is a list of 1"),
        ("steps: [5]", "1:9: steps[0]: must be a mapping (key: value), is 5"),
        ("steps: [{}]", "1:9: steps[0]: 'type' is missing; use one of ingest, sql"),
        ("columns: 5", "1:10: columns: must be text or a list or a mapping (key: value), is 5"),
        ("columns: [a, 1]", "1:14: columns[1]: must be text, is 1; write it in quotes"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_explained_in_plain_english(text: str, expected: str) -> None:
    assert problems_of(text) == [expected]


def test_a_problem_holds_its_parts_for_those_who_show_it_otherwise() -> None:
    document = parse_document(
        "steps:\n  - type: ingest\n    source: x\n    destination:\n      table: raw\n      mode: apend\n",
        file="e.yml",
    )

    with pytest.raises(ConfigError) as caught:
        validate(document, Pipeline)

    assert caught.value.problems == (
        ConfigProblem(
            file="e.yml",
            line=6,
            column=13,
            path="steps[0].destination.mode",
            message="'apend' is not allowed",
            allowed=("append", "replace", "merge"),
            suggestion="append",
            kind=UNKNOWN_WORD,
        ),
    )
    assert str(caught.value) == (
        "e.yml:6:13: steps[0].destination.mode: 'apend' is not allowed; use one of append, replace, merge."
        " Did you mean 'append'?"
    )


def test_every_problem_is_reported_in_the_order_of_the_lines() -> None:
    text = """\
steps:
  - type: ingest
    sorce: files
  - type: sqll
  - type: sql
    sql:
      mode: merge
      tabel: x
      sql: 1
attempts: many
"""

    assert problems_of(text) == [
        (
            "3:5: steps[0].sorce: 'sorce' is not a known key; "
            "use one of type, source, destination. Did you mean 'source'?"
        ),
        "4:11: steps[1].type: 'sqll' is not allowed; use one of ingest, sql. Did you mean 'sql'?",
        (
            "8:7: steps[2].sql.tabel: 'tabel' is not a known key; "
            "use one of table, mode. Did you mean 'table'?"
        ),
        "9:7: steps[2].sql.sql: 'sql' is not a known key; use one of table, mode",
        "10:11: attempts: must be a whole number, is 'many'",
    ]


def test_the_tag_of_a_union_is_told_from_a_key_of_the_same_name() -> None:
    text = "nested:\n  - sql:\n      - {type: sql, sql: {table: 1}, keys: [a, 2]}\n"

    assert problems_of(text) == [
        "3:34: nested[0].sql[0].sql.table: must be text, is 1; write it in quotes",
        "3:48: nested[0].sql[0].keys[1]: must be text, is 2; write it in quotes",
    ]


def test_unions_in_a_mapping_and_its_wrong_keys_are_found() -> None:
    text = "step_by_name:\n  one: {type: sql, sql: {table: t, mode: x}}\n  TWO: {type: ingest, source: s}\n"

    assert problems_of(text) == [
        "2:42: step_by_name.one.sql.mode: 'x' is not allowed; use one of append, replace, merge",
        "3:3: step_by_name.TWO: the key must match the pattern ^[a-z]+$, is 'TWO'",
    ]


def test_of_a_union_without_a_tag_only_the_member_that_was_meant_is_explained() -> None:
    assert problems_of("columns:\n  tabel: raw\n") == [
        "2:3: columns.tabel: 'tabel' is not a known key; use one of table, mode. Did you mean 'table'?",
    ]


def test_a_key_that_is_misspelt_is_not_missing_besides_but_another_one_is() -> None:
    assert problems_of("mode: append\ntabel: x\n", Destination) == [
        "2:1: tabel: 'tabel' is not a known key; use one of table, mode. Did you mean 'table'?"
    ]
    assert problems_of("moode: append\n", Destination) == [
        "1:1: 'table' is missing",
        "1:1: moode: 'moode' is not a known key; use one of table, mode. Did you mean 'mode'?",
    ]


def test_a_key_is_known_by_its_alias_alone() -> None:
    assert problems_of("trigger_on: push\n") == [
        (
            "1:1: trigger_on: 'trigger_on' is not a known key; use one of steps, step_by_name, on, attempts, "
            "enabled, tolerance, first_day, severity, columns, nested, name"
        )
    ]


def test_a_missing_key_at_the_top_is_placed_at_the_beginning() -> None:
    assert problems_of("# first\nmode: append\n", Destination) == ["2:1: 'table' is missing"]


def test_a_rule_about_a_whole_mapping_is_placed_at_it() -> None:
    class Range(Closed):
        low: int
        high: int

        @model_validator(mode="after")
        def require_order(self) -> "Range":
            if self.low > self.high:
                raise ValueError("'low' must not be above 'high'")
            return self

    class Rule(Closed):
        name: str
        range: Range

    assert problems_of("name: r\nrange: {low: 2, high: 1}\n", Rule) == [
        "2:1: range: 'low' must not be above 'high'"
    ]


def test_what_may_be_a_secret_is_described_and_not_shown() -> None:
    (problem,) = problems_of("severity: sk-0123456789-0123456789-0123456789\n")

    assert problem.startswith("1:11: severity: a text of 35 characters is not allowed")


def test_the_models_own_error_is_not_kept_with_its_copy_of_the_document() -> None:
    with pytest.raises(ConfigError) as caught:
        validate(parse_document("attempts: x\n", file="export.yml"), Pipeline)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


keys = st.sampled_from(
    ["steps", "step_by_name", "on", "columns", "nested", "type", "sql", "table", "mode", "keys", "x"]
)
words = st.sampled_from(["ingest", "sql", "append", "raw", 1, True, None, 0.5])
trees = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)


@given(value=st.dictionaries(keys, trees, max_size=5))
def test_any_document_fits_or_every_problem_has_its_place(value: dict[str, object]) -> None:
    document = parse_document(json.dumps(value), file="export.yml")
    try:
        expected_count = 0
        Pipeline.model_validate(value)
    except ValidationError as error:
        expected_count = len({entry["loc"] for entry in error.errors()})

    try:
        validate(document, Pipeline)
        problems: tuple[ConfigProblem, ...] = ()
    except ConfigError as error:
        problems = error.problems

    assert bool(problems) == bool(expected_count)
    assert len(problems) <= expected_count
    assert all("Input should" not in problem.message for problem in problems)
