"""Names keep to the glossary, and what must stay rare stays rare."""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from shared.config.standard_tables import METADATA_TABLES, TENANT_TABLES
from shared.domain.table import Table
from tests.architecture.source import EVERYTHING, PRODUCTION, ROOT, Function, Module, modules

FORBIDDEN = frozenset(
    """manager handler helper helpers util utils common misc base processor engine service data info process perform
    do new v2""".split()  # noqa: SIM905 - one line reads better than twenty
)
_GIVEN = frozenset({"raw_data", "_new_conn"})
"""Named by the contract, and by urllib3, whose connections are made there."""
_SQL = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|WITH)\b.*\b(FROM|INTO|SET|TABLE|AS)\b", re.S
)


def names(module: Module) -> Iterator[str]:
    """What the module and its functions, classes and constants are called."""
    yield from module.path.removesuffix(".py").split("/")
    for node in module.nodes:
        if isinstance(node, Function | ast.ClassDef):
            yield node.name
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def words(name: str) -> set[str]:
    """The words of a name, however they are joined."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}


@pytest.mark.parametrize("root", PRODUCTION)
def test_names_hold_none_of_the_words_that_say_nothing(root: str) -> None:
    found = {
        f"{module.path}: {name}"
        for module in modules(root)
        for name in names(module)
        if words(name) & FORBIDDEN and not name.startswith("__") and name not in _GIVEN
    }

    assert found == set()


def catches_everything(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )


def test_everything_is_caught_only_where_a_request_a_last_try_or_one_run_of_many_ends() -> None:
    places = [
        module.path
        for module in modules(*PRODUCTION, "cli", "scripts")
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    ]

    assert sorted(places) == [
        "shared/usecases/give_up_step.py",
        "shared/usecases/reconcile_runs.py",
        "shared/usecases/start_due_runs.py",
        "shared/usecases/try_step.py",
        "shared/web/endpoint.py",
    ]


def test_the_stand_ins_say_why_where_they_catch_everything() -> None:
    silent = [
        f"{module.path}:{node.lineno}"
        for module in modules("local")
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
        # What is raised again was not swallowed.
        if not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
        and "noqa: BLE001 - " not in module.text.splitlines()[node.lineno - 1]
    ]

    assert silent == []


def test_no_sql_is_put_together_in_python() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules(*PRODUCTION)
        for node in module.nodes
        if isinstance(node, ast.JoinedStr)
        and _SQL.match("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)))
    ]

    assert found == []


def test_every_statement_says_what_it_is_for_and_is_one() -> None:
    for file in sorted((ROOT / "shared").rglob("*.sql")):
        text = file.read_text(encoding="utf-8")
        assert re.match(r"-- [A-Z].*(\n-- .*)*[.:]\n", text), f"{file.name} begins with its purpose"
        told = re.sub(r"--.*", "", text).strip()
        is_transaction = told.startswith("BEGIN TRANSACTION;") and told.endswith("COMMIT TRANSACTION")
        assert is_transaction or ";" not in told, f"{file.name} holds one statement, or one transaction"


def test_every_table_is_defined_in_a_file_of_its_name() -> None:
    for file in sorted((ROOT / "shared/schemas").glob("*.json")):
        table = Table.model_validate(json.loads(file.read_text(encoding="utf-8")))
        columns = {column.name for column in table.columns}
        assert table.name == file.stem
        assert set(table.clustering) <= columns
        assert table.partitioning is None or table.partitioning.field in columns
        assert all(column.description for column in table.columns)

    stems = {file.stem for file in (ROOT / "shared/schemas").glob("*.json")}
    assert stems == {*METADATA_TABLES, *TENANT_TABLES}


def test_nothing_is_left_to_do_and_no_file_names_the_makers_machine() -> None:
    found = [
        module.path
        for module in modules(*EVERYTHING)
        if re.search(r"\b(TODO|FIXME|XXX)\b|/(?:root|work)/", module.text)
    ]

    assert found == []
