"""The sum of a column is as large as it should be."""

from decimal import Decimal, localcontext
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from shared.domain.column_path import ColumnPath
from shared.domain.ids import Name, TableName
from shared.domain.model import Model, WholeNumber, is_recorded
from shared.domain.rules.any_rule import (
    ColumnRule,
    Named,
    NamedColumn,
    NamedTable,
    NamedText,
    OtherColumn,
    Subject,
)
from shared.domain.rules.bounds import DECIMAL, require_readable
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    fields_of,
    is_unreadable,
    unreadable_verdict,
)
from shared.domain.stated_keys import one_of

_ENOUGH_DIGITS = 100


class SummedColumn(Model):
    """Another column; of the same table, where none is named."""

    table: Annotated[TableName | None, Field(description="a table of the tenant; default the rule's own")] = (
        None
    )
    column: ColumnPath


class SumEqualsRule(ColumnRule):
    """The sum of the values is `value`, a `parameter` of the run, or the `sum_of` another column, give or take."""

    model_config = ConfigDict(json_schema_extra=one_of("value", "parameter", "sum_of"))

    type: Literal["sum_equals"]
    read_as: Annotated[Literal["integer", "number"], Field(alias="as")] = "number"
    value: Annotated[str | WholeNumber | Decimal | None, Field(description="the sum that it should be")] = (
        None
    )
    parameter: Annotated[Name | None, Field(description="a number that each run is given")] = None
    sum_of: SummedColumn | None = None
    tolerance: Annotated[
        Decimal,
        Field(
            ge=0,
            description="how far apart the two may be",
            json_schema_extra=DECIMAL,
        ),
    ] = Decimal(0)

    @model_validator(mode="after")
    def _one_sum(self, info: ValidationInfo) -> "SumEqualsRule":
        if len([each for each in (self.value, self.parameter, self.sum_of) if each is not None]) != 1:
            raise ValueError("needs one of 'value', 'parameter' and 'sum_of'")
        if self.value is not None and not is_recorded(info):
            require_readable(str(self.value), "number", what="'value'")
        return self

    @property
    def named(self) -> Named:
        """What it names."""
        columns = [self.own_column]
        tables: tuple[NamedTable, ...] = ()
        if self.sum_of is not None:
            other = self.sum_of
            columns.append(NamedColumn(other.column, ("sum_of", "column"), self.read_as, other.table))
            if other.table is not None:
                tables = (NamedTable(other.table, ("sum_of", "table"), in_scope=True),)
        parameters = () if self.parameter is None else (NamedText(self.parameter, ("parameter",)),)
        return Named(columns=tuple(columns), tables=tables, parameters=parameters)

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        value = column.read_as(self.read_as)
        fields, figures = [column], [_sum(value), f"COUNTIF({is_unreadable(column, value)})"]
        if self.parameter is not None:
            figures.append(f"CAST(@{self.parameter} AS STRING)")
        elif self.sum_of is not None and self.sum_of.table is None:
            beside = subject.column(self.sum_of.column)
            other = beside.read_as(self.read_as)
            fields.append(beside)
            figures += [_sum(other), f"COUNTIF({is_unreadable(beside, other)})"]
        elif self.sum_of is not None:
            figures += self._elsewhere(
                subject, OtherColumn(table=self.sum_of.table, column=self.sum_of.column)
            )
        return CompiledRule(
            self, tuple(figures), self._verdict, fields=fields_of(*fields), is_optional=self.optional
        )

    def _elsewhere(self, subject: Subject, other: OtherColumn) -> list[str]:
        column = subject.other_column(other)
        value = column.read_as(self.read_as)
        figures = (_sum(value), f"COUNTIF({is_unreadable(column, value)})")
        return [subject.figure_elsewhere(figure, other.table) for figure in figures]

    def _verdict(self, found: Found) -> Verdict:
        total, unreadable = found.number(0) or Decimal(0), found.count(1)
        broken = unreadable_verdict(self, unreadable, found)
        if broken is not None:
            return broken
        if self.sum_of is not None and found.count(3):
            where = self.sum_of.table or "the table"
            message = f"{found.count(3)} rows of {where} have a {self.sum_of.column} that can't be read"
            return Verdict(False, unreadable, f"{message} as {self.read_as}")
        expected = Decimal(str(self.value)) if self.value is not None else found.number(2)
        if expected is None:
            return Verdict(False, unreadable, f"the run has no value for the parameter {self.parameter}")
        with localcontext(prec=_ENOUGH_DIGITS):
            difference = total - expected
            is_near = abs(difference) <= self.tolerance
        told = f"the sum of {self.column} is {total:f}"
        if is_near:
            return Verdict(True, unreadable, told)
        return Verdict(False, unreadable, f"{told}, {difference:+f} from {expected:f}")


def _sum(value: str) -> str:
    return f"CAST(IFNULL(SUM({value}), 0) AS STRING)"
