"""A test with all that it names spelled out: ready to be carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.ids import RunId, run_id_for_key
from shared.domain.pipeline import Address
from shared.domain.pipeline_tests import RowOfTest, Verdict
from shared.domain.plan import Plan, PlannedDq, PlannedTransform
from shared.domain.table import Column, Table

StepUnderTest = PlannedDq | PlannedTransform


@dataclass(frozen=True)
class ExpectedRows:
    """The rows of the step's table afterwards, of which these columns are compared."""

    rows: tuple[RowOfTest, ...]
    columns: tuple[Column, ...]
    tolerance: float


@dataclass(frozen=True)
class ExpectedVerdicts:
    """What comes of rules, by their ids."""

    by_rule: Mapping[str, Verdict]
    others: Literal["passed", "any"]


@dataclass(frozen=True)
class ExpectedError:
    """A part of the message with which the step fails."""

    part: str


@dataclass(frozen=True)
class GivenTable:
    """A table, and its rows before: values are JSON as `typed_value` makes it."""

    table: Table
    rows: tuple[RowOfTest, ...]


@dataclass(frozen=True)
class PlannedTest:
    """One test of a tenant; `file` and `line` say where it stands."""

    name: str
    file: str
    line: int
    address: Address
    plan: Plan
    step: StepUnderTest
    at: datetime
    given: tuple[GivenTable, ...]
    """Every table that the step reads or writes."""
    expected: ExpectedRows | ExpectedVerdicts | ExpectedError

    @property
    def run_id(self) -> RunId:
        """The id of its run: the same each time."""
        return run_id_of_test(self.address, file=self.file, name=self.name, at=self.at)


def run_id_of_test(address: Address, *, file: str, name: str, at: datetime) -> RunId:
    """The id of a test's run, whose date is that of `at`."""
    return run_id_for_key(pipeline=address.pipeline_id, key=f"{file} {name}", day=at.date())
