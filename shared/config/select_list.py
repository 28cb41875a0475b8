"""What stands where in a SELECT: its columns, its keyword, its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from shared.config.position import Position, position_of_index
from shared.config.sql_names import parsed
from shared.config.sql_scope import place_of
from shared.domain.sql_text import SqlToken, sql_tokens


@dataclass(frozen=True)
class SelectedColumn:
    """One column of the outermost SELECT: its name, where that is written, and which function makes it, if one does."""

    name: str
    at: Position
    function: str = ""
    is_null: bool = False


@lru_cache(maxsize=256)
def selected_columns(sql: str) -> dict[str, SelectedColumn]:
    """The named columns by their names in lower case; of several SELECTs with UNION, those of the first."""
    tree = parsed(sql)
    items = tree.selects if isinstance(tree, exp.Query) else []
    found = (_selected(item) for item in items)
    return {column.name.casefold(): column for column in found if column is not None}


@lru_cache(maxsize=256)
def has_star(sql: str) -> bool:
    """Whether a column may be delivered that the outermost SELECT doesn't name."""
    tree = parsed(sql)
    return isinstance(tree, exp.Query) and any(item.is_star for item in tree.selects)


def select_place(sql: str) -> Position:
    """Where the outermost SELECT begins."""
    depth = 0
    first = None
    for token in words_of(sql):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text.upper() == "SELECT":
            first = token if first is None else first
            if depth == 0:
                return position_of_index(sql, token.start)
    return position_of_index(sql, first.start) if first else Position(1, 1)


@lru_cache(maxsize=256)
def words_of(sql: str) -> tuple[SqlToken, ...]:
    """The tokens of a text that is taken, without spaces and comments."""
    return tuple(token for token in sql_tokens(sql) if token.kind not in ("space", "comment"))


def word_end(sql: str, at: Position) -> int | None:
    """One past the column of the token that begins there."""
    lines = sql.split("\n")
    if at.line > len(lines):
        return None
    index = sum(len(line) + 1 for line in lines[: at.line - 1]) + at.column - 1
    found = next((token for token in words_of(sql) if token.start == index), None)
    return at.column + len(found.text) if found else None


def _selected(item: exp.Expr) -> SelectedColumn | None:
    if not isinstance(item, exp.Alias | exp.Column) or item.is_star:
        return None
    named = item.args.get("alias") if isinstance(item, exp.Alias) else item
    value = item.this if isinstance(item, exp.Alias) else item
    line, column = place_of(named if isinstance(named, exp.Expr) else item)
    function = value.sql(dialect="bigquery").partition("(")[0] if isinstance(value, exp.Func) else ""
    return SelectedColumn(item.alias_or_name, Position(line, column), function, isinstance(value, exp.Null))


def json_paths(sql: str, column: str) -> Iterator[tuple[str, Position]]:
    """The first field of each path into a JSON column that is written as `FUNCTION(column, '$.field…'`, and where."""
    words = words_of(sql)
    for index, token in enumerate(words):
        if token.kind != "quoted" or not token.text.startswith(("'$.", '"$.')) or index < _FEWEST:
            continue
        before = [each.text for each in words[index - _FEWEST : index]]
        is_path = before[-1] == "," and before[-2] == column and before[-3] in ("(", ".")
        field = token.text[_PATH_START:-1].partition(".")[0].partition("[")[0]
        if is_path and field.isidentifier():
            yield field, position_of_index(sql, token.start + 1)


_FEWEST = 3
_PATH_START = len("'$.")
