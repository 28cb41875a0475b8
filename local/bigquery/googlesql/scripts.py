"""Scripts: what the procedural language of GoogleSQL puts around statements, as Google's parser reads it.

https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.bigquery.translate.limits import refused

_WORDS = "BEGIN|BREAK|CALL|CASE|COMMIT|CONTINUE|DECLARE|EXECUTE|FOR|IF|ITERATE|LEAVE|LOOP|RAISE|REPEAT|RETURN|ROLLBACK"
_COMMENT = r"--[^\n]*\n|\#[^\n]*\n|/\*.*?\*/"
# Where a statement begins with such a word there may be a script.
_BEGINNING = re.compile(
    rf"(?:^|;)(?:\s|{_COMMENT})*(?:{_WORDS}|SET|WHILE|\w+\s*:)\b", re.IGNORECASE | re.DOTALL
)
_SELECT = "SELECT "


@dataclass(frozen=True)
class Run:
    """A statement."""

    sql: str


@dataclass(frozen=True)
class Declare:
    """DECLARE; without a type it is the value's, without a value that is NULL. Both are SQL."""

    names: tuple[str, ...]
    type: str
    value: str


@dataclass(frozen=True)
class Assign:
    """SET of one variable, or of several to the fields of a STRUCT. `value` is a query of one value."""

    names: tuple[str, ...]
    value: str
    is_struct: bool = False


@dataclass(frozen=True)
class If:
    """IF, its ELSEIFs and its ELSE. The conditions are queries of one value."""

    branches: tuple[tuple[str, Steps], ...]
    otherwise: Steps


@dataclass(frozen=True)
class Block:
    """BEGIN … END, with variables of its own."""

    steps: Steps


@dataclass(frozen=True)
class Transaction:
    """BEGIN TRANSACTION … COMMIT TRANSACTION: queries and DML, all of which stay done or none."""

    statements: tuple[Run, ...]


Step = Run | Declare | Assign | If | Block | Transaction
Steps = tuple[Step, ...]


def may_be_script(sql: str) -> bool:
    """Whether there is more to the text than statements one after the other."""
    return bool(_BEGINNING.search(sql))


def program(sql: str, parsed: Any) -> Steps:
    """The steps of a script, given Google's syntax tree of it. Raises ApiError for what is not carried out here."""
    return tuple(_Reader(sql).steps(parsed.statement_list_node))


class _Reader:
    """Cuts a script into its steps; each text has its place in the script, so that errors have too."""

    def __init__(self, sql: str) -> None:
        self._bytes = sql.encode()

    def steps(self, listed: Any) -> Iterator[Step]:
        left = iter(listed.statement_list)
        for one in left:
            which = one.WhichOneof("node")
            if which == _BEGIN:
                yield self._transaction(left)
                continue
            if which != "ast_script_statement_node":
                yield Run(self._padded(getattr(one, which), which))
                continue
            inner = one.ast_script_statement_node
            kind = inner.WhichOneof("node")
            yield self._step(kind, getattr(inner, kind))

    def _transaction(self, left: Iterator[Any]) -> Transaction:
        statements: list[Run] = []
        for one in left:
            which = one.WhichOneof("node")
            if which == _COMMIT:
                return Transaction(tuple(statements))
            if which not in _IN_TRANSACTIONS:
                raise refused("anything but queries, INSERT, UPDATE, DELETE and MERGE in a transaction")
            statements.append(Run(self._padded(getattr(one, which), which)))
        raise refused("BEGIN TRANSACTION without COMMIT TRANSACTION")

    def _step(self, kind: str, node: Any) -> Step:
        match kind:
            case "ast_variable_declaration_node":
                names = tuple(one.id_string.lower() for one in node.variable_list.identifier_list)
                value = self._query(node.default_value) if node.HasField("default_value") else ""
                kind = self._cut(node.type) if node.HasField("type") else ""
                if "(" in kind:
                    raise refused(f"a variable of a parameterized type ({kind})")
                return Declare(names, kind, value)
            case "ast_single_assignment_node":
                return Assign((node.variable.id_string.lower(),), self._query(node.expression))
            case "ast_assignment_from_struct_node":
                names = tuple(one.id_string.lower() for one in node.variables.identifier_list)
                return Assign(names, self._query(node.struct_expression), is_struct=True)
            case "ast_if_statement_node":
                return self._if(node)
            case "ast_begin_end_block_node":
                if node.HasField("handler_list"):
                    raise refused("EXCEPTION in a BEGIN … END block")
                return Block(tuple(self.steps(node.statement_list_node)))
            case _:
                raise refused(f"{_SPELLED.get(kind, 'this statement')} in a script")

    def _if(self, node: Any) -> If:
        branches = [(node.condition, node.then_list)]
        branches += [(one.condition, one.body) for one in node.elseif_clauses.elseif_clauses]
        return If(
            tuple((self._query(condition), tuple(self.steps(body))) for condition, body in branches),
            tuple(self.steps(node.else_list)),
        )

    def _query(self, node: Any) -> str:
        """A query of the expression's value, in which the expression stands where it stands in the script."""
        start, end = _range(node)
        lead, text = self._lead(start), self._bytes[start:end].decode()
        if lead.endswith(" " * len(_SELECT)):
            return f"{lead[: -len(_SELECT)]}{_SELECT}{text}"
        return f"{_SELECT}{lead}{text}" if "\n" in lead else f"{_SELECT}{text}"

    def _padded(self, node: Any, which: str) -> str:
        if which in _REFUSED:
            raise refused(_REFUSED[which])
        start, end = _range(node)
        return self._lead(start) + self._bytes[start:end].decode()

    def _cut(self, node: Any) -> str:
        start, end = _range(node)
        return self._bytes[start:end].decode()

    def _lead(self, start: int) -> str:
        before = self._bytes[:start].decode()
        return "\n" * before.count("\n") + " " * (len(before) - before.rfind("\n") - 1)


def _range(node: Any) -> tuple[int, int]:
    """Where the node's text begins and ends, in bytes."""
    while "parse_location_range" not in node.DESCRIPTOR.fields_by_name:
        # A node of a class with subclasses has the subclass within, and one of a subclass its class.
        inner = node.WhichOneof("node") if "node" in node.DESCRIPTOR.oneofs_by_name else None
        node = getattr(node, inner) if inner else node.parent
    found = node.parse_location_range
    return found.start, found.end


_SPELLED = {
    "ast_case_statement_node": "CASE",
    "ast_raise_statement_node": "RAISE",
    "ast_break_continue_statement_node": "BREAK and CONTINUE",
    "ast_return_statement_node": "RETURN",
    "ast_loop_statement_node": "LOOP, WHILE, REPEAT and FOR",
}
_BEGIN, _COMMIT = "ast_begin_statement_node", "ast_commit_statement_node"
_IN_TRANSACTIONS = {
    "ast_query_statement_node",
    "ast_insert_statement_node",
    "ast_update_statement_node",
    "ast_delete_statement_node",
    "ast_merge_statement_node",
}
_REFUSED = {
    _COMMIT: "COMMIT TRANSACTION without BEGIN TRANSACTION",
    "ast_rollback_statement_node": "ROLLBACK TRANSACTION",
    "ast_execute_immediate_statement_node": "EXECUTE IMMEDIATE",
    "ast_call_statement_node": "procedures (CALL)",
    "ast_system_variable_assignment_node": "system variables (SET @@…)",
}
