"""Writes the generated parts of the documentation: `python docs/generate.py`.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end of generated -->`; a test holds it to what is
written here now.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.bigquery_parts import functions_part, statements_part  # noqa: E402
from docs.problem_parts import problems_part  # noqa: E402
from shared.config.standard_tables import METADATA_TABLES, TENANT_TABLES, standard_table  # noqa: E402
from shared.domain.quarantine import quarantine_of  # noqa: E402
from shared.domain.source import Source  # noqa: E402
from shared.domain.table import Table  # noqa: E402

_PART = re.compile(
    r"(?P<begin><!-- generated: (?P<name>\w+) -->\n).*?(?P<end><!-- end of generated -->\n)", re.DOTALL
)


def table_part(table: Table) -> str:
    """What a table is, its layout, and a row for each of its columns."""
    layout = []
    if table.partitioning is not None:
        layout.append(f"Partitioned by day of `{table.partitioning.field}`.")
    if table.clustering:
        layout.append(f"Clustered by {', '.join(f'`{column}`' for column in table.clustering)}.")
    rows = [
        f"| `{column.name}` | {column.type} | {'required' if column.mode == 'REQUIRED' else ''} "
        f"| {column.description or ''} |"
        for column in table.columns
    ]
    head = ["| column | type | | meaning |", "|---|---|---|---|"]
    return "\n".join([" ".join([table.description, *layout]), "", *head, *rows]) + "\n"


def source_part(source: type[BaseModel]) -> str:
    """A row for each key of a type of source, but for those that all types have."""
    fields = {name: field for name, field in source.model_fields.items() if name not in _KEYS_OF_ALL}
    rows = [
        f"| {f'**`{name}`**' if field.is_required() else f'`{name}`'} |{_default(field)}|"
        f" {field.description or ''} |".replace("|  |", "| |")
        for name, field in fields.items()
    ]
    return "\n".join(["| key | default | meaning |", "|---|---|---|", *rows]) + "\n"


_KEYS_OF_ALL = ("type", "description")


def _default(field: FieldInfo) -> str:
    default = None if field.is_required() else field.get_default(call_default_factory=False)
    if default in (None, (), {}):
        return " "
    return f" `{default if isinstance(default, str) else json.dumps(default)}` "


def source_types() -> dict[str, type[BaseModel]]:
    """The models of the types of source, by the word that says which."""
    models: tuple[type[BaseModel], ...] = get_args(get_args(Source)[0])
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in models}


def parts() -> dict[str, str]:
    """Every generated part by its name."""
    tables = {name: table_part(standard_table(name)) for name in (*METADATA_TABLES, *TENANT_TABLES)}
    quarantine = table_part(quarantine_of(standard_table("raw_data")))
    sources = {f"source_{word}": source_part(model) for word, model in source_types().items()}
    return {
        **tables,
        **sources,
        "quarantine": quarantine,
        "functions": functions_part(),
        "statements": statements_part(),
        "problems": problems_part(),
    }


def generated(page: str, texts: Mapping[str, str]) -> str:
    """The page with every generated part as it should be now. Raises KeyError for a part that nobody writes."""
    return _PART.sub(lambda part: f"{part['begin']}{texts[part['name']]}{part['end']}", page)


def pages() -> Iterator[Path]:
    """Every page of the documentation."""
    yield from sorted((ROOT / "docs").rglob("*.md"))


if __name__ == "__main__":
    for path in pages():
        text = path.read_text(encoding="utf-8")
        path.write_text(generated(text, parts()), encoding="utf-8")
