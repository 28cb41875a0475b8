"""Loads the statements beside this file, which are in the databases' own SQL."""

from functools import cache
from importlib import resources
from string import Template


@cache
def _template(name: str) -> Template:
    text = resources.files("shared.sources.sql_database.reading.sql").joinpath(f"{name}.sql")
    return Template(text.read_text(encoding="utf-8"))


def statement(name: str, **parts: str) -> str:
    """The text of `<name>.sql` with each `${part}` filled in.

    Parts are identifiers that the driver's module quoted, or the query that the tenant's checked file holds; values are
    bound by the driver. Raises KeyError for a part that is missing.
    """
    return _template(name).substitute(parts)
