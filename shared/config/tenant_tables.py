"""Which tables a tenant has."""

from shared.config import kinds
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.table import Table


def read_tables(reading: Reading) -> dict[str, Table]:
    """The standard tables and the tenant's own, by name; what is wrong with its own goes into the reading."""
    tables = {name: standard_table(name) for name in TENANT_TABLES}
    for name in reading.known("schemas", ".yml", shared_too=False):
        found = reading.file(f"{reading.tenant_id}/schemas/{name}.yml", Table)
        if found is None:
            continue
        table, document = found
        if table.name == name and name not in TENANT_TABLES:
            tables[name] = table
            continue
        place = document.position(("name",))
        wanted = (
            f"must be '{name}', as the file is called" if table.name != name else "is a standard table's name"
        )
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
