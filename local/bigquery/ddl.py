"""What CREATE TABLE and CREATE VIEW say and upstream does not keep."""

from __future__ import annotations

import datetime
from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.catalog.models import Clustering, TableMeta
from sqlglot import exp

from local.bigquery.problem import ApiError


def require_absent_view(storage: AppContext, tree: exp.Expr | None, *, project: str) -> None:
    """Raises ApiError `duplicate` for CREATE VIEW of a name in use; upstream 1.4.0 answers invalidQuery."""
    if (
        not isinstance(tree, exp.Create)
        or tree.kind != "VIEW"
        or tree.args.get("replace")
        or tree.args.get("exists")
    ):
        return
    table = created_table(storage, tree, project=project)
    if table is not None:
        raise ApiError(
            "duplicate", f"Already Exists: Table {table.project_id}:{table.dataset_id}.{table.table_id}"
        )


def expiration_sql(tree: exp.Expr | None) -> str | None:
    """The expression a CREATE TABLE gives as `expiration_timestamp`, in GoogleSQL."""
    for option in tree.find_all(exp.Property) if isinstance(tree, exp.Create) else ():
        if option.name.lower() == "expiration_timestamp":
            return str(option.args["value"].sql(dialect="bigquery"))
    return None


def keep_layout(
    storage: AppContext,
    tree: exp.Expr | None,
    *,
    project: str,
    before: TableMeta | None,
    expires_at: datetime.datetime | None,
) -> None:
    """Note clustering, labels and expiration of a table just created; upstream 1.4.0 forgets them.

    `before` is what had the name; with IF NOT EXISTS it stays as it was, which upstream overwrites.
    """
    if not isinstance(tree, exp.Create) or tree.kind not in ("TABLE", "VIEW"):
        return
    table = created_table(storage, tree, project=project)
    if table is None:
        return
    if before is not None and tree.args.get("exists"):
        storage.catalog.update_table(before)
        return
    updates: dict[str, Any] = {} if expires_at is None else {"expiration_time": expires_at}
    cluster = tree.find(exp.ClusterProperty)
    if cluster is not None and tree.kind == "TABLE":
        updates["clustering"] = Clustering(fields=tuple(column.name for column in cluster.expressions))
    for option in tree.args["properties"].expressions if tree.args.get("properties") else ():
        updates |= _option(option)
    if updates:
        storage.catalog.update_table(table.model_copy(update=updates))


def _option(option: exp.Expr) -> dict[str, Any]:
    name = option.name.lower() if isinstance(option, exp.Property) else ""
    value = option.args.get("value")
    if name == "labels" and isinstance(value, exp.Array):
        pairs = [pair.expressions for pair in value.expressions]
        return {"labels": {key.name: label.name for key, label in pairs}}
    return {}


def created_table(storage: AppContext, tree: exp.Expr | None, *, project: str) -> TableMeta | None:
    """What the catalog has under the name that a CREATE statement gives."""
    node = tree.find(exp.Table) if isinstance(tree, exp.Create) else None
    parts = ".".join(part.name for part in node.parts).split(".") if node else []
    if len(parts) < 2:
        return None
    return storage.catalog.get_table(parts[-3] if len(parts) > 2 else project, parts[-2], parts[-1])
