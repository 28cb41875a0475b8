"""What the folders of a file's name say: `dt=2025-05-01/provider=aws/part-0.parquet`, as Hive and Spark write it.

Of keys and values they write the characters that paths can't hold as `%3A`, and for NULL and for no text the word below
(`ExternalCatalogUtils` of Spark, `FileUtils` of Hive).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from shared.adapters.files.written_rows import Row
from shared.domain.errors import StepError
from shared.domain.message import did_you_mean, listed, nearest
from shared.domain.secrecy import HIDDEN

NULL = "__HIVE_DEFAULT_PARTITION__"

FolderFields = Mapping[str, str | None]


def folder_fields(name: str, keys: Sequence[str], *, is_address: bool) -> FolderFields:
    """The values of the keys. The name is as in messages; `is_address` says that it is a URL.

    Raises StepError for a key that is not there, or twice, and for a value that nobody can be sure of.
    """
    if not keys:
        return {}
    # What a URL writes as %3D is a sign of the folder's name.
    path = _decoded(name.partition("?")[0], name) if is_address else name
    said = [folder.partition("=") for folder in path.split("/")[:-1] if "=" in folder]
    found: dict[str, list[str]] = {}
    for key, _, value in said:
        found.setdefault(unquote(key), []).append(value)
    for key in keys:
        if len(found.get(key, ())) != 1:
            raise _not_once(key, found, name)
        _require_certain(key, found[key][0], name, is_address=is_address)
    return {key: _value(key, found[key][0], name) for key in keys}


def _require_certain(key: str, written: str, name: str, *, is_address: bool) -> None:
    """What a file is called in messages is another text than its name where that is no text, or holds a secret."""
    if is_address and HIDDEN in written:
        raise StepError(f"{name}: the value of '{key}' looks like a secret, which no row is to hold")
    if not is_address and "\\" in written:
        raise StepError(f"{name}: the value of '{key}' has a backslash, which folders write as %5C")


def with_fields(rows: Iterable[Row], fields: FolderFields, name: str) -> Iterator[Row]:
    """The rows of the file, each with these fields. Raises StepError for one that has such a field of its own."""
    return (with_those(row, fields, name) for row in rows)


def with_those(row: Row, fields: FolderFields, name: str) -> Row:
    """As `with_fields`, of one row."""
    if not row.keys().isdisjoint(fields):
        twice = min(row.keys() & fields.keys())
        raise StepError(
            f"{name} has a field '{twice}', and its folders say '{twice}' too: take one of them, "
            "the field by leaving the key out of 'folders'"
        )
    return {**row, **fields}


def _value(key: str, written: str, name: str) -> str | None:
    if written == NULL:
        return None
    if not written:
        raise StepError(f"{name} has a folder '{key}=' without a value; NULL is written {NULL}")
    return _decoded(written, name)


def _decoded(text: str, name: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise StepError(f"{name} has bytes that are not UTF-8, percent-encoded in a folder's name") from error


def _not_once(key: str, found: Mapping[str, object], name: str) -> StepError:
    if key in found:
        return StepError(f"{name} has a folder '{key}=…' twice, so nobody can say which one counts")
    there = f"there are {listed([f'{each!r}' for each in found])}" if found else "no folder of it has a key"
    return StepError(f"{name} is in no folder '{key}=…'; {there}{did_you_mean(nearest(key, found))}")
