"""No day is without rows."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.ids import Name
from shared.domain.rules.any_rule import ColumnRule, Named, NamedText, Subject
from shared.domain.rules.compiled_rule import (
    CompiledRule,
    Found,
    Verdict,
    fields_of,
    is_unreadable,
    unreadable_verdict,
)
from shared.domain.rules.groups import Per, group_sql, named_groups

_EPOCH = date(1970, 1, 1)


class DateGapsRule(ColumnRule):
    """No day between the first and the last is without rows, nor one of the run's window where that is named.

    With `per`, this holds of each group of rows that has any. A NULL is no day.
    """

    type: Literal["date_gaps"]
    read_as: Annotated[Literal["date", "timestamp"], Field(alias="as")] = "date"
    days: Annotated[
        Name | None,
        Field(description="a date_range parameter of the pipeline: all of its days, and no others"),
    ] = None
    per: Per = ()

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(
            columns=(
                self.own_column,
                *named_groups(self.per),
            ),
            ranges=() if self.days is None else (NamedText(self.days, ("days",)),),
        )

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column, groups = subject.column(self.column), tuple(map(subject.column, self.per))
        value, next_day = column.read_as(self.read_as), subject.name("next_day")
        day = f"DATE({value})" if self.read_as == "timestamp" else value
        first, last = f"@{self.days}_start", f"@{self.days}_end"
        if self.days is not None:
            day = f"IF({day} BETWEEN {first} AND {last}, {day}, NULL)"
        apart = ", ".join((f"{day} IS NULL", *map(group_sql, groups)))
        after = f"LEAD({day}) OVER (PARTITION BY {apart} ORDER BY {day})"
        gap = f"GREATEST(DATE_DIFF(T.{next_day}, {day}, DAY) - 1, 0)"
        figures = [
            f"COUNTIF({is_unreadable(column, value)})",
            f"IFNULL(SUM({gap}), 0)",
            f"MIN(IF({gap} > 0, UNIX_DATE({day}) + 1, NULL))",
        ]
        if self.days is not None:
            figures += self._ends(f"[{', '.join(map(group_sql, groups))}]", day, bool(groups))
        return CompiledRule(
            self,
            tuple(figures),
            self._verdict,
            fields=fields_of(column, *groups),
            is_optional=self.optional,
            row_columns=((next_day, after),),
        )

    def _ends(self, group: str, day: str, is_grouped: bool) -> list[str]:
        """How many days each group should have in all, how many it has, and between which days rows are."""
        first, last = f"@{self.days}_start", f"@{self.days}_end"
        length = f"(DATE_DIFF({last}, {first}, DAY) + 1)"
        key = f"TO_JSON_STRING({group})"
        group_count = f"COUNT(DISTINCT {key})" if is_grouped else "1"
        present = (
            f"COUNT(DISTINCT IF({day} IS NULL, NULL, CONCAT(CAST({day} AS STRING), {key})))"
            if is_grouped
            else f"COUNT(DISTINCT {day})"
        )
        return [
            f"{group_count} * {length} - {present}",
            f"IF(MIN({day}) = {first}, NULL, UNIX_DATE({first}))",
            f"IF(MAX({day}) < {last}, UNIX_DATE(MAX({day})) + 1, NULL)",
        ]

    def _verdict(self, found: Found) -> Verdict:
        unreadable = found.count(0)
        broken = unreadable_verdict(self, unreadable, found)
        if broken is not None:
            return broken
        missing = found.count(1 if self.days is None else 3)
        if not missing:
            return Verdict(True, unreadable, "no day is without rows")
        examples = [found.number(place) for place in range(2, len(found.figures)) if place != 3]
        days = [_EPOCH + timedelta(days=int(each)) for each in examples if each is not None]
        what = "day" if missing == 1 else "days"
        of = f" of a {' and '.join(self.per)}" if self.per else ""
        told = f"{missing} {what}{of} {'is' if missing == 1 else 'are'} without rows"
        return Verdict(False, unreadable, f"{told}, {min(days)} among them" if days else told)
