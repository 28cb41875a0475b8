"""Expressions of the resolved AST as DuckDB SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from local.bigquery.functions import casts
from local.bigquery.functions.registry import scalar
from local.bigquery.googlesql.types import JSON, STRING, GoogleType, type_of_proto
from local.bigquery.translate.call import BY_GOOGLE, EVALUATOR, Call
from local.bigquery.translate.evaluated import Evaluated, evaluated
from local.bigquery.translate.limits import ORDER_OF_RANGES, refused
from local.bigquery.translate.literals import literal, quoted, storable
from local.bigquery.translate.relation import name

if TYPE_CHECKING:
    from local.bigquery.translate.scans import Scans

# DuckDB SQL of each column in sight, by the analyzer's column id.
Columns = Mapping[int, str]
# The word with which INSERT, UPDATE and MERGE set a column to its default value.
DEFAULT = "DEFAULT"
# Where an end of a RANGE that is open, NULL in DuckDB, would stand on the wrong side.
_COMPARISONS = ("$less", "$less_or_equal", "$greater", "$greater_or_equal", "$between")
_ORDERING = frozenset([*_COMPARISONS, "greatest", "least", "min", "max", "min_by", "max_by"])
_SAFE = 1
_REPEATED = 1


class Expressions:
    """Turns expressions into DuckDB SQL; `scans` turns the queries within them."""

    def __init__(self, scans: Scans) -> None:
        self._scans = scans
        # What Google's evaluator has to do, to be known to DuckDB before the statement runs.
        self.evaluated: dict[str, Evaluated] = {}
        # DuckDB SQL of a script's variables.
        self.variables: Mapping[str, str] = {}

    def sql(self, node: Any, columns: Columns) -> str:
        """The expression, given what its columns are. Raises ApiError for what can't be done here."""
        which = node.WhichOneof("node")
        translate: Callable[[Any, Columns], str] | None = getattr(self, f"_{which}", None)
        if translate is None:
            raise refused(f"expressions of the kind {_kind_name(which)}")
        return translate(getattr(node, which), columns)

    def type_of(self, node: Any) -> GoogleType:
        """The expression's type."""
        content = getattr(node, node.WhichOneof("node"))
        while not hasattr(content, "parent") or content.DESCRIPTOR.fields_by_name.get("parent") is None:
            content = getattr(content, content.WhichOneof("node"))
        while "type" not in content.DESCRIPTOR.fields_by_name:
            content = content.parent
        return self.read_type(content.type)

    def read_type(self, proto: Any) -> GoogleType:
        """The type; ApiError for one that isn't BigQuery's."""
        try:
            return type_of_proto(proto)
        except KeyError as error:
            raise refused("a type of this statement") from error

    def _held_type(self, proto: Any) -> GoogleType:
        """The type of values that DuckDB or Google's evaluator make; ApiError if they can't be held here."""
        kind = self.read_type(proto)
        storable(kind)
        return kind

    def call(self, base: Any, columns: Columns, *, arguments: list[str] | None = None) -> Call:
        """A scalar call with its arguments in DuckDB SQL."""
        nodes = list(base.argument_list)
        if not nodes and base.generic_argument_list:
            nodes = [one.expr for one in base.generic_argument_list]
        types = [self.type_of(node) for node in nodes]
        named = function_name(base)
        if named in _ORDERING and any(kind.kind == "RANGE" for kind in types):
            raise refused(ORDER_OF_RANGES)
        return Call(
            name=named,
            arguments=arguments or [self._argument(node, columns) for node in nodes],
            types=types,
            type=self._held_type(base.parent.type),
            nodes=nodes,
            safe=base.error_mode == _SAFE,
            names=argument_names(base.signature),
        )

    def function(self, call: Call) -> str:
        """A scalar call, by DuckDB where it is exact, else by Google's evaluator."""
        sql = scalar(call)
        return self._evaluated(call) if sql is None else self._completed(call, sql)

    def _argument(self, node: Any, columns: Columns) -> str:
        if node.WhichOneof("node") == "resolved_literal_node":
            value = node.resolved_literal_node.value
            if value.value.WhichOneof("value") == "enum_value":
                return enum_word(value)
        return self.sql(node, columns)

    def _resolved_literal_node(self, node: Any, _columns: Columns) -> str:
        return literal(self.read_type(node.value.type), node.value.value)

    def _resolved_parameter_node(self, node: Any, _columns: Columns) -> str:
        kind = storable(self.read_type(node.parent.type))
        parameter = node.name.lower() if node.name else f"p{node.position}"
        return f"CAST(${parameter} AS {kind})"

    def _resolved_constant_node(self, node: Any, _columns: Columns) -> str:
        return self.variables[node.constant.name.lower()]

    def _resolved_column_ref_node(self, node: Any, columns: Columns) -> str:
        return columns[node.column.column_id]

    def _resolved_function_call_base_node(self, node: Any, columns: Columns) -> str:
        which = node.WhichOneof("node")
        if which != "resolved_function_call_node":
            raise refused("an aggregate function in this place")
        return self.function(self.call(node.resolved_function_call_node.parent, columns))

    def _resolved_cast_node(self, node: Any, columns: Columns) -> str:
        source, target = self.type_of(node.expr), self._held_type(node.parent.type)
        if node.HasField("format"):
            return self._cast_with_format(node, columns, target)
        value = self.sql(node.expr, columns)
        call = Call("$cast", [value], [source], target, [node.expr], safe=node.return_null_on_error)
        sql = casts.cast(call)
        done = self._evaluated(call) if sql is None else self._completed(call, sql)
        return casts.limited(done, target, node.type_modifiers.type_parameters, safe=call.safe)

    def _evaluated(self, call: Call) -> str:
        return self._evaluator(call).sql

    def _evaluator(self, call: Call) -> Evaluated:
        found = evaluated(call)
        self.evaluated[found.name] = found
        return found

    def _completed(self, call: Call, sql: str) -> str:
        """A template whose rest is Google's evaluator's, with the name of the evaluator's function."""
        if BY_GOOGLE in sql:
            sql = sql.replace(BY_GOOGLE, self._evaluated(call))
        if EVALUATOR in sql:
            sql = sql.replace(EVALUATOR, self._evaluator(call).name)
        return sql

    def _cast_with_format(self, node: Any, columns: Columns, target: GoogleType) -> str:
        parts = [node.expr, node.format] + ([node.time_zone] if node.HasField("time_zone") else [])
        call = Call(
            "$cast",
            [self.sql(part, columns) for part in parts],
            [self.type_of(part) for part in parts],
            target,
            parts,
            safe=node.return_null_on_error,
        )
        return self._evaluated(call)

    def _resolved_dmldefault_node(self, _node: Any, _columns: Columns) -> str:
        return DEFAULT

    def _resolved_make_struct_node(self, node: Any, columns: Columns) -> str:
        kind = self.read_type(node.parent.type)
        parts = [
            f"'{kind.field_name(place)}': {self.sql(one, columns)}"
            for place, one in enumerate(node.field_list)
        ]
        return f"{{{', '.join(parts)}}}" if parts else "{'_0': NULL}"

    def _resolved_get_struct_field_node(self, node: Any, columns: Columns) -> str:
        kind = self.type_of(node.expr)
        return f"struct_extract({self.sql(node.expr, columns)}, '{kind.field_name(node.field_idx)}')"

    def _resolved_get_json_field_node(self, node: Any, columns: Columns) -> str:
        names = [quoted(node.field_name)]
        while node.expr.WhichOneof("node") == "resolved_get_json_field_node":
            node = node.expr.resolved_get_json_field_node
            names.insert(0, quoted(node.field_name))
        kinds = [JSON] + [STRING] * len(names)
        return self.function(Call("$json_field", [self.sql(node.expr, columns), *names], kinds, JSON))

    def _resolved_with_expr_node(self, node: Any, columns: Columns) -> str:
        inner = dict(columns)
        sql = ""
        for one in node.assignment_list:
            id = one.column.column_id
            value = self.sql(one.expr, inner)
            source = f" FROM ({sql}) AS w{id}" if sql else ""
            sql = f"SELECT {'*, ' if sql else ''}{value} AS {name(id)}{source}"
            inner[id] = name(id)
        return f"(SELECT {self.sql(node.expr, inner)} FROM ({sql}) AS w)"

    def _resolved_subquery_expr_node(self, node: Any, columns: Columns) -> str:
        relation = self._scans.relation(node.subquery, columns)
        ids = [one.column_id for one in self._scans.column_list(node.subquery)]
        match node.subquery_type:
            case 0:
                return f"({relation.select(ids, ordered=True)})"
            case 1:
                return self._array(relation, ids[0], self.read_type(node.parent.type))
            case 2:
                return f"EXISTS ({relation.select(ids)})"
            case 3:
                return f"({self.sql(node.in_expr, columns)} IN ({relation.select(ids)}))"
            case _:
                raise refused("LIKE ANY and LIKE ALL over a subquery")

    def _array(self, relation: Any, id: int, kind: GoogleType) -> str:
        order = f" ORDER BY {relation.ordering()}" if relation.order else ""
        items = f"SELECT list({relation.columns[id]}{order}) AS items{relation.clauses()}"
        # Where there are no rows, the array is empty.
        return f"coalesce(({items}), CAST([] AS {storable(kind)}))"


def function_name(base: Any) -> str:
    """The name of a call's function: `zetasql:$add` is `$add`."""
    full: str = base.function.name
    return full.partition(":")[2].lower()


def argument_names(signature: Any) -> list[str]:
    """For each argument of a call the name that it must be given with, or ""."""
    names: list[str] = []
    repeated: list[Any] = []
    for one in [*signature.argument, None]:
        if one is not None and one.options.cardinality == _REPEATED:
            repeated.append(one)
            continue
        for _round in range(repeated[0].num_occurrences if repeated else 0):
            names.extend(_mandatory_name(inner) for inner in repeated)
        repeated = []
        if one is not None and one.num_occurrences:
            names.append(_mandatory_name(one))
    return names


def _mandatory_name(argument: Any) -> str:
    return argument.options.argument_name if argument.options.argument_name_is_mandatory else ""


def enum_word(value: Any) -> str:
    """The word that an enum literal stands for, such as DAY or WEEK(MONDAY)."""
    from local.bigquery.translate.enums import word

    return word(value.type.enum_type.enum_name, value.value.enum_value)


def _kind_name(which: str | None) -> str:
    return (which or "unknown").removeprefix("resolved_").removesuffix("_node").replace("_", " ")
