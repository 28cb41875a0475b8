"""Values never fall."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.column_path import ColumnPath
from shared.domain.rules.any_rule import ColumnRule, Named, NamedColumn, Subject
from shared.domain.rules.compiled_rule import CompiledRule, fields_of, is_unreadable, row_verdict
from shared.domain.rules.groups import Per, group_sql, named_groups

_Ordered = Literal["integer", "number", "date", "timestamp"]


class MonotonicRule(ColumnRule):
    """Values never fall, in the order of another column and for each group of rows by itself.

    Rows of one place in the order count in the order of their values. A row with a NULL in either column doesn't count.
    """

    type: Literal["monotonic"]
    read_as: Annotated[_Ordered, Field(alias="as")] = "number"
    order_by: Annotated[ColumnPath, Field(description="the column by which the rows are in order")]
    order_as: Annotated[_Ordered, Field(description="the type which that one is read as")] = "timestamp"
    per: Per = ()

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(
            columns=(
                self.own_column,
                NamedColumn(self.order_by, ("order_by",), self.order_as),
                *named_groups(self.per),
            )
        )

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column, order = subject.column(self.column), subject.column(self.order_by)
        groups = tuple(map(subject.column, self.per))
        value, place, before = (
            column.read_as(self.read_as),
            order.read_as(self.order_as),
            subject.name("before"),
        )
        apart = ", ".join((f"{value} IS NULL OR {place} IS NULL", *map(group_sql, groups)))
        last = f"LAG({value}) OVER (PARTITION BY {apart} ORDER BY {place}, {value})"
        unreadable = f"({is_unreadable(column, value)} OR {is_unreadable(order, place)})"
        falls = f"({place} IS NOT NULL AND {value} < T.{before})"
        return CompiledRule(
            self,
            (f"COUNTIF({unreadable} OR {falls})",),
            row_verdict(self, f"fall below the row before, by {self.order_by}"),
            fields=fields_of(column, order, *groups),
            is_optional=self.optional,
            row_columns=((before, last),),
        )
