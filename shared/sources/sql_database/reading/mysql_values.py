"""Values of MySQL, which come as text: what JSON holds of them.

Types are those of "Column Definition" (dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html).
"""

from collections.abc import Sequence

from pydantic import JsonValue
from pymysql.constants import FIELD_TYPE

from shared.sources.sql_database.reading import values
from shared.sources.sql_database.reading.going_on import CursorType
from shared.sources.sql_database.reading.values import Convert

_BINARY = 63
"""The character set of what is no text."""


def convert_of(kind: int, charset: int) -> Convert:
    """What becomes of a column of the type."""
    found = _CONVERTS.get(kind)
    if found is not None:
        return found
    return values.texts_of_bytes if charset == _BINARY and kind in _TEXTS else values.plain


def cursor_type(kind: int) -> CursorType | None:
    """What values of the type are, where their order is BigQuery's and everybody's; None where it is not."""
    return _CURSORS.get(kind)


def _integers(column: Sequence[str | None]) -> Sequence[JsonValue]:
    return values.integers([None if each is None else int(each) for each in column])


def _floats(column: Sequence[str | None]) -> Sequence[JsonValue]:
    return values.floats([None if each is None else float(each) for each in column])


def _bits(column: Sequence[bytes | None]) -> Sequence[JsonValue]:
    return values.integers([None if each is None else int.from_bytes(each) for each in column])


_TEXTS = frozenset(
    {
        FIELD_TYPE.BLOB,
        FIELD_TYPE.GEOMETRY,
        FIELD_TYPE.LONG_BLOB,
        FIELD_TYPE.MEDIUM_BLOB,
        FIELD_TYPE.STRING,
        FIELD_TYPE.TINY_BLOB,
        FIELD_TYPE.VARCHAR,
        FIELD_TYPE.VAR_STRING,
    }
)
_CONVERTS: dict[int, Convert] = {
    **dict.fromkeys(
        (FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG), _integers
    ),
    FIELD_TYPE.YEAR: _integers,
    FIELD_TYPE.FLOAT: _floats,
    FIELD_TYPE.DOUBLE: _floats,
    FIELD_TYPE.BIT: _bits,
    FIELD_TYPE.DATE: values.dates,
    FIELD_TYPE.NEWDATE: values.dates,
    FIELD_TYPE.TIME: values.times_of_day,
    FIELD_TYPE.DATETIME: values.local_times,
    FIELD_TYPE.TIMESTAMP: values.moments_in_utc,
    FIELD_TYPE.JSON: values.json_documents,
}
_CURSORS: dict[int, CursorType] = {
    **dict.fromkeys(
        (FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG),
        CursorType("number", is_whole=True),
    ),
    FIELD_TYPE.DECIMAL: CursorType("number"),
    FIELD_TYPE.NEWDECIMAL: CursorType("number"),
    FIELD_TYPE.DATE: CursorType("date"),
    FIELD_TYPE.NEWDATE: CursorType("date"),
    FIELD_TYPE.DATETIME: CursorType("time"),
    FIELD_TYPE.TIMESTAMP: CursorType("moment"),
}
