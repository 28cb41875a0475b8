"""A call of a function, as its template sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.literals import python_value

# Within a template's SQL: the same call, carried out by Google's evaluator. For the rows that DuckDB isn't exact for.
BY_GOOGLE = "\x02by google\x02"
# The name of the evaluator's function for that call, to be called with arguments that the template has at hand.
EVALUATOR = "\x02evaluator\x02"
# The parameter of DuckDB's statement that says who runs the job.
SESSION_USER = "google_session_user"


@dataclass(frozen=True)
class Call:
    """A call whose arguments are DuckDB SQL already.

    `name` is the analyzer's, in lower case: `$add`, `concat`, `net.host`. `arguments`, `types` and `nodes` are of one
    length; a date part or another constant word has the kind ENUM, and its word as SQL text.
    """

    name: str
    arguments: list[str]
    types: list[GoogleType]
    type: GoogleType
    nodes: list[Any] = field(default_factory=list)
    safe: bool = False
    # The name of each argument that can't be given without it, elsewhere "".
    names: list[str] = field(default_factory=list)

    def __getitem__(self, place: int) -> str:
        """The argument at `place`."""
        return self.arguments[place]

    def __len__(self) -> int:
        """How many arguments it has."""
        return len(self.arguments)

    def kind(self, place: int) -> str:
        """The kind of the argument at `place`: INT64, STRING, ARRAY, …"""
        return self.types[place].kind

    def is_literal(self, place: int) -> bool:
        """Whether the argument is a constant that was written."""
        return place < len(self.nodes) and self.nodes[place].WhichOneof("node") == "resolved_literal_node"

    def is_constant(self, place: int) -> bool:
        """Whether the argument is a constant that was written, or a query's parameter."""
        nodes = ("resolved_literal_node", "resolved_parameter_node")
        return place < len(self.nodes) and self.nodes[place].WhichOneof("node") in nodes

    def value(self, place: int) -> Any:
        """The Python value of a literal argument: see `literals.python_value`."""
        literal = self.nodes[place].resolved_literal_node
        return python_value(self.types[place], literal.value.value)


@dataclass(frozen=True)
class AggregateCall(Call):
    """A call of an aggregate or window function.

    `order` is what stands behind ORDER BY inside the parentheses, "" without. `over` is the window, "" for an
    aggregate. `ignore_nulls` is None where nothing was said.
    """

    distinct: bool = False
    ignore_nulls: bool | None = None
    order: str = ""
    limit: str = ""
    over: str = ""

    def spell(self, function: str, *arguments: str, cast: bool = False) -> str:
        """The call of DuckDB's `function` with what BigQuery's had: DISTINCT, ORDER BY, OVER.

        With `cast`, to the type of the result.
        """
        inner = ("DISTINCT " if self.distinct else "") + ", ".join(arguments)
        order = f" ORDER BY {self.order}" if self.order else ""
        sql = f"{function}({inner}{order}){f' OVER ({self.over})' if self.over else ''}"
        return f"CAST({sql} AS {self.type.duckdb})" if cast else sql
