"""Which tables a tenant has."""

from shared.config import kinds
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.table import Table
from shared.domain.write_lock import is_lock


def read_tables(reading: Reading) -> dict[str, Table]:
    """The standard tables and the tenant's own, by name; what is wrong with its own goes into the reading."""
    tables = {name: standard_table(name) for name in TENANT_TABLES}
    for name in reading.known("schemas", ".yml", shared_too=False):
        found = reading.file(f"{reading.tenant_id}/schemas/{name}.yml", Table)
        if found is None:
            continue
        table, document = found
        wanted = _wanted_name(table.name, file=name)
        if wanted is None:
            tables[name] = table
            continue
        place = document.position(("name",))
        reading.problems.append(
            ConfigProblem(
                document.file,
                place.line,
                place.column,
                "name",
                wanted,
                kind=kinds.MEANINGLESS_VALUE,
                end_column=document.end_column(("name",)),
            )
        )
    return tables


def _wanted_name(name: str, *, file: str) -> str | None:
    """What is wrong with a table's name, None where nothing is."""
    if name != file:
        return f"must be '{file}', as the file is called"
    if name in TENANT_TABLES:
        return "is a standard table's name"
    if is_lock(name):
        return "must not end as the tables do by which those who write a table take turns (_write_lock)"
    return None
