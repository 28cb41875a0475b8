"""Loads the statements beside this file, and fills in their parts."""

import re
from collections.abc import Collection
from functools import cache
from importlib import resources
from string import Template

from shared.domain.sql_quoting import literal as literal  # noqa: PLC0414 - to be had here, beside what they fill in
from shared.domain.sql_quoting import quoted as quoted  # noqa: PLC0414
from shared.domain.sql_quoting import quoted_field as quoted_field  # noqa: PLC0414
from shared.domain.sql_quoting import quoted_list as quoted_list  # noqa: PLC0414

_CONDITION = re.compile(r" +-- where @(\w+) is given$")


@cache
def _template(name: str, given: frozenset[str] | None) -> Template:
    text = resources.files("shared.sql").joinpath(f"{name}.sql").read_text(encoding="utf-8")
    if given is not None:
        text = "".join(line for line in text.splitlines(keepends=True) if _is_said(line, given))
    return Template(text)


def _is_said(line: str, given: frozenset[str]) -> bool:
    condition = _CONDITION.search(line.rstrip("\n"))
    return condition is None or condition[1] in given


def statement(name: str, *, given: Collection[str] | None = None, **parts: str) -> str:
    """The text of `<name>.sql` with each `${part}` filled in.

    A line that ends with `-- where @name is given` stays only if `given` has that name, where `given` is said: a
    condition that a NULL switches off keeps BigQuery from reading fewer partitions.

    Parts are identifiers that `quoted` wrote, or SQL that this package or the tenant's checked files hold; values
    never come in here, they are query parameters. Raises KeyError for a part that is missing.
    """
    return _template(name, None if given is None else frozenset(given)).substitute(parts)
