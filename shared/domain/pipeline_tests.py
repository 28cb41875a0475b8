"""`tests/<name>.yml`: rows that are given to a step of a pipeline, and what is expected of it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from shared.domain.errors import TwiceError
from shared.domain.ids import Name, TableName
from shared.domain.model import Model, UtcTime, WholeNumber
from shared.domain.stated_keys import one_of


def _require_text(value: object) -> object:
    # A number would be taken for seconds since 1970.
    if not isinstance(value, str):
        raise ValueError("must be a time such as 2025-11-15T06:00:00Z")
    return value


Moment = Annotated[
    UtcTime,
    BeforeValidator(_require_text),
    Field(description="when the run begins, e.g. 2025-11-15T06:00:00Z; words such as last_7_days go by it"),
]
PipelinePath = Annotated[
    str,
    Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+/[a-z0-9_]+$", description="a pipeline, e.g. gcp/cost/export"),
]
RowOfTest = dict[str, JsonValue]
Verdict = (
    Literal["passed", "failed", "not_evaluated"]
    | Annotated[WholeNumber, Field(ge=0, description="how many rows fail the rule")]
)


class RowsFile(Model):
    """Rows in a file beside the test."""

    file: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]+\.(csv|ndjson)$",
            description="a file of tests/ that ends in .csv or .ndjson; an empty field of CSV is NULL",
        ),
    ]


RowsOfTest = tuple[RowOfTest, ...] | RowsFile


class Expectation(Model):
    """What a test expects: rows of the destination, verdicts of rules, or that the step fails."""

    model_config = ConfigDict(json_schema_extra=one_of("rows", "rules", "error"))

    rows: Annotated[
        RowsOfTest | None,
        Field(description="the destination's rows afterwards, all of them, in whatever order"),
    ] = None
    columns: Annotated[
        Literal["all", "named"],
        Field(
            description="`all`: a column that a row doesn't name is NULL; `named`: only columns that some row names "
            "are compared"
        ),
    ] = "all"
    tolerance: Annotated[
        float, Field(ge=0, allow_inf_nan=False, description="by how much values of FLOAT columns may differ")
    ] = 0.0
    rules: Annotated[dict[Name, Verdict] | None, Field(description="by the rule's id what comes of it")] = (
        None
    )
    others: Annotated[
        Literal["passed", "any"], Field(description="what comes of the rules that aren't named")
    ] = "passed"
    error: Annotated[
        str | None, Field(min_length=1, description="a part of the message with which the step fails")
    ] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Expectation":
        if sum(each is not None for each in (self.rows, self.rules, self.error)) != 1:
            raise ValueError("needs one of 'rows', 'rules' and 'error'")
        if self.rows is None and {"columns", "tolerance"} & self.model_fields_set:
            raise ValueError("'columns' and 'tolerance' go with 'rows'")
        if self.rules is None and "others" in self.model_fields_set:
            raise ValueError("'others' goes with 'rules'")
        return self


class PipelineTest(Model):
    """One step, carried out once. `transform` and `rules` stand for the one step that runs that file."""

    model_config = ConfigDict(json_schema_extra=one_of("step", "transform", "rules"))

    name: Name
    description: str | None = None
    pipeline: PipelinePath | None = None
    step: Annotated[Name | None, Field(description="the id of a step of the pipeline")] = None
    transform: Annotated[Name | None, Field(description="a file of transforms/, without .sql")] = None
    rules: Annotated[Name | None, Field(description="a file of dq_rules/, without .yml")] = None
    at: Moment | None = None
    parameters: dict[Name, JsonValue] = {}
    given: Annotated[
        dict[TableName, RowsOfTest],
        Field(description="by table the rows that are there before; other tables are empty"),
    ] = {}
    expect: Expectation

    @model_validator(mode="after")
    def _one_step(self) -> "PipelineTest":
        if sum(each is not None for each in (self.step, self.transform, self.rules)) != 1:
            raise ValueError("needs one of 'step', 'transform' and 'rules'")
        return self


class PipelineTests(Model):
    """`tests/<name>.yml`. What it says of `pipeline`, `at` and `parameters` counts for tests that don't."""

    description: str | None = None
    pipeline: PipelinePath | None = None
    at: Moment
    parameters: dict[Name, JsonValue] = {}
    tests: Annotated[tuple[PipelineTest, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_once(self) -> "PipelineTests":
        index_by_name: dict[str, int] = {}
        for index, test in enumerate(self.tests):
            first = index_by_name.setdefault(test.name, index)
            if first != index:
                raise TwiceError(
                    f"'{test.name}' is already the name of the test in {{line}}; give one of them another name",
                    at=("tests", index, "name"),
                    beside=("tests", first, "name"),
                )
        return self
