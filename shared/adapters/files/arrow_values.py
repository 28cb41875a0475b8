"""Columns of Arrow, which Parquet files are read into, as lists of what JSON holds without loss."""

from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from uuid import UUID

import pyarrow
import pyarrow.compute as compute
from pyarrow import types
from pydantic import JsonValue

from shared.adapters.exact_json import EXACT_INTEGER, TwiceError, json_value, parse_json_text
from shared.adapters.files.arrow_times import ColumnError, dates, durations, moments, times_of_day

Values = list[JsonValue]
_NOT_TEXT = "holds bytes that are not UTF-8 text; give them as text, for example in base64"


def column_values(array: pyarrow.Array) -> Values:
    """The values, in the order of the rows. Raises ColumnError for a value that can't be said, and for such a type.

    Decimals, and integers that a double can't hold, are text; times are in UTC; bytes are text if they are UTF-8; a map
    is an object.
    """
    kind = array.type
    if isinstance(kind, pyarrow.BaseExtensionType):
        return _extension(array)
    for is_kind, values in _VALUES_BY_KIND:
        if is_kind(kind):
            return values(array)
    raise ColumnError(f"has values of the type {kind}, which is not read")


def _plain(array: pyarrow.Array) -> Values:
    values: Values = array.to_pylist()
    return values


def _integers(array: pyarrow.Array) -> Values:
    found = compute.min_max(array).as_py()
    if found["min"] is None or (found["min"] >= -EXACT_INTEGER and found["max"] <= EXACT_INTEGER):
        return _plain(array)
    return [json_value(each) for each in array.to_pylist()]


def _floats(array: pyarrow.Array) -> Values:
    if types.is_float16(array.type):
        array = array.cast("float32")
    if compute.all(compute.is_finite(array)).as_py() is not False:
        return _plain(array)
    return [json_value(each) for each in array.to_pylist()]


def _decimals(array: pyarrow.Array) -> Values:
    # Arrow writes some of them as 1E-9.
    return [
        f"{Decimal(text):f}" if text is not None and "E" in text else text
        for text in array.cast("string").to_pylist()
    ]


def _texts(array: pyarrow.Array) -> Values:
    try:
        return _plain(array)
    except UnicodeDecodeError as error:
        raise ColumnError("holds text that is not UTF-8") from error


def _bytes(array: pyarrow.Array) -> Values:
    try:
        texts: list[str | None] = array.cast("large_binary").cast("large_string").to_pylist()
    except pyarrow.ArrowInvalid as error:
        raise ColumnError(_NOT_TEXT) from error
    if any(text is not None and "\0" in text for text in texts):
        raise ColumnError(_NOT_TEXT)
    return list(texts)


def _decoded(array: pyarrow.Array) -> Values:
    return column_values(array.dictionary_decode())


def _lists(array: pyarrow.Array) -> Values:
    items = iter(column_values(array.flatten()))
    lengths = compute.list_value_length(array).to_pylist()
    return [None if length is None else list(islice(items, length)) for length in lengths]


def _structs(array: pyarrow.Array) -> Values:
    names = [field.name for field in array.type]
    fields = [_nested(column, name) for column, name in zip(array.flatten(), names, strict=True)]
    rows = zip(*fields, strict=True) if fields else [()] * len(array)
    return [
        dict(zip(names, row, strict=True)) if is_there else None
        for row, is_there in zip(rows, array.is_valid().to_pylist(), strict=True)
    ]


def _maps(array: pyarrow.Array) -> Values:
    # Of a part of an array, keys and items are those of the whole.
    offsets = array.offsets.to_pylist()
    first, count = offsets[0], offsets[-1] - offsets[0]
    keys = _keys(array.keys.slice(first, count))
    items = _nested(array.items.slice(first, count), "value")
    return [
        _object(keys[begin - first : end - first], items[begin - first : end - first]) if is_there else None
        for begin, end, is_there in zip(offsets, offsets[1:], array.is_valid().to_pylist(), strict=False)
    ]


def _keys(array: pyarrow.Array) -> list[str]:
    keys = [key for key in _nested(array, "key") if isinstance(key, str)]
    kind = array.type.value_type if types.is_dictionary(array.type) else array.type
    if len(array) and not any(may_be_text(kind) for may_be_text in (*_TEXTS, *_BINARIES)):
        raise ColumnError(f"is a map whose keys are not text but {kind}")
    if len(keys) < len(array):
        raise ColumnError("is a map with a key that is NULL")
    return keys


def _object(keys: list[str], items: Values) -> dict[str, JsonValue]:
    found = dict(zip(keys, items, strict=True))
    if len(found) < len(keys):
        raise ColumnError("is a map with a key twice")
    return found


def _extension(array: pyarrow.ExtensionArray) -> Values:
    values = column_values if not isinstance(array.type, pyarrow.UuidType) else _uuids
    if not isinstance(array.type, pyarrow.JsonType):
        return values(array.storage)
    try:
        return [None if text is None else parse_json_text(text) for text in array.storage.to_pylist()]
    except TwiceError as error:
        raise ColumnError("holds JSON with a field twice") from error
    except (ValueError, RecursionError) as error:
        raise ColumnError("is declared as JSON and holds what is none") from error


def _uuids(array: pyarrow.Array) -> Values:
    return [None if each is None else str(UUID(bytes=each)) for each in array.to_pylist()]


def _nested(array: pyarrow.Array, name: str) -> Values:
    try:
        return column_values(array)
    except ColumnError as error:
        raise ColumnError(error.problem, name, *error.path) from error


_TEXTS = (types.is_string, types.is_large_string, types.is_string_view)
_BINARIES = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_binary_view)
_LISTS = (
    types.is_list,
    types.is_large_list,
    types.is_fixed_size_list,
    types.is_list_view,
    types.is_large_list_view,
)
_VALUES_BY_KIND: list[tuple[Callable[[pyarrow.DataType], bool], Callable[[pyarrow.Array], Values]]] = [
    *((is_kind, _texts) for is_kind in _TEXTS),
    *((is_kind, _bytes) for is_kind in _BINARIES),
    *((is_kind, _lists) for is_kind in _LISTS),
    (types.is_null, _plain),
    (types.is_boolean, _plain),
    (types.is_integer, _integers),
    (types.is_floating, _floats),
    (types.is_decimal, _decimals),
    (types.is_date, lambda array: list(dates(array))),
    (types.is_timestamp, lambda array: list(moments(array))),
    (types.is_time, lambda array: list(times_of_day(array))),
    (types.is_duration, lambda array: list(durations(array))),
    (types.is_dictionary, _decoded),
    (types.is_struct, _structs),
    (types.is_map, _maps),
]
