"""Datasets, tables and views in memory."""

from shared.domain.errors import ConflictError, TransientError
from shared.domain.table import FoundTable, Purpose, Table


class MemoryTables:
    """`tables` by dataset and name; `views` hold their SQL; `locations` are the datasets' own, at first US.

    To those in `unsound` nothing can be written.
    """

    def __init__(self, *datasets: str) -> None:
        self.tables: dict[str, dict[str, Table]] = {dataset: {} for dataset in datasets}
        self.views: dict[tuple[str, str], str] = {}
        self.unsound: set[str] = set()
        self.is_reachable = True
        self.locations = dict.fromkeys(datasets, "US")

    def ping(self) -> None:
        if not self.is_reachable:
            raise TransientError("Could not reach BigQuery")

    def dataset_location(self, dataset: str) -> str | None:
        return self.locations.get(dataset)

    def create_dataset(self, dataset: str, *, location: str, description: str) -> None:
        self.tables.setdefault(dataset, {})
        found = self.locations.setdefault(dataset, location)
        if found.lower() != location.lower():
            raise ConflictError(f"dataset {dataset} is in {found}, must be in {location}")

    def create_table(self, dataset: str, table: Table) -> None:
        existing = self.tables[dataset].get(table.name)
        if existing is None:
            self.tables[dataset][table.name] = table
            return
        for column in table.columns:
            known = existing.column(column.name)
            if (known is None and column.mode == "REQUIRED") or (known and known.type != column.type):
                raise ConflictError(f"{dataset}.{table.name} differs in column {column.name}")
        added = tuple(column for column in table.columns if not existing.has(column.name))
        self.tables[dataset][table.name] = existing.model_copy(
            update={"columns": (*existing.columns, *added)}
        )

    def find_table(self, dataset: str, table: Table, *, purpose: Purpose) -> FoundTable | None:
        existing = self.tables[dataset].get(table.name)
        if existing is None:
            return None
        lacking = tuple(column.name for column in table.columns if not existing.has(column.name))
        problem = f"{dataset}.{table.name} differs" if table.name in self.unsound else None
        return FoundTable(row_count=10, byte_count=100, lacking=lacking, problem=problem)

    def create_view(self, dataset: str, name: str, *, sql: str, description: str) -> None:
        self.views[dataset, name] = sql
