"""A new type of source is a folder and a line: a copy of the code is given one, and everything knows it."""

import inspect
import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest

from shared.domain.source import QuerySource, RowSource, Source
from tests.architecture.source import ROOT, modules

UNION = "shared/domain/source.py"
COUNTING = {
    "__init__.py": "",
    "source.py": '''
"""What a source of type `counting` says."""

from typing import Literal

from shared.domain.model import Model
from shared.domain.source_column import SourceColumns
from shared.domain.source_needs import SourceNeeds


class CountingSource(Model):
    """The whole numbers from 1."""

    type: Literal["counting"]
    description: str | None = None
    up_to: int
    columns: SourceColumns = {}

    @property
    def needs(self) -> SourceNeeds:
        """A licence."""
        return SourceNeeds(secrets=frozenset({"licence_to_count"}))
''',
    "check_source.py": '''
"""What must hold of it: there is something to count."""

from shared.config import kinds


def check_source(source, place, *, reading, pipeline):
    if source.up_to < 1:
        yield place.at("up_to").problem(kinds.OUT_OF_BOUNDS, "must be at least 1")
''',
    "read_rows.py": '''
"""Counts."""


def read_rows(source, access):
    yield from ({"number": number} for number in range(1, source.up_to + 1))
''',
}
USE = """
import json

from shared.adapters.source_reader import SourceReader
from shared.config.json_schema import json_schema
from shared.config.recipe import load_recipe
from shared.config.tenant_folder import check_tenant
from shared.config.tenants_file import build_tenants_file
from shared.domain.model import RECORDED
from shared.domain.plan import PlannedIngest
from shared.domain.tables_read import tables_read
from shared.steps.ingest import ingest
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.watch import watch_over
from tests.unit.steps.attempts import RAW, attempt_at
from docs.generate import parts  # last, since it looks for the code beside itself


def folder(source):
    return MemoryFolder({**FILES, "acme/sources/charges.yml": source})


def problems(source):
    return [str(problem) for problem in check_tenant(folder(source), "acme")]


right = folder("type: counting\\nup_to: 3\\n")
recipe = load_recipe(right, CHAIN)
step = PlannedIngest(
    number=1, id="count", needs=(), source_name="charges", source=recipe.sources["charges"],
    destination=recipe.pipeline.steps[0].destination, table=RAW,
)
recorded = PlannedIngest.model_validate_json(step.model_dump_json(context=RECORDED), context=RECORDED)
warehouse, attempt = MemoryWarehouse(), attempt_at(recorded)
reader = SourceReader(own_files=None, bucket_files=None, secrets=None, gate=None)
ingest(recorded, attempt, warehouse=warehouse, reader=reader, watch=watch_over(attempt, warehouse))
tenants = build_tenants_file(right, {"acme": "0" * 64, "templates": "0" * 64}).tenants
print(json.dumps({
    "right": problems("type: counting\\nup_to: 3\\n"),
    "wrong": problems("type: counting\\nup_to: 0\\n"),
    "misspelt": problems("type: countng\\nup_to: 1\\n"),
    "unknown key": problems("type: counting\\nupto: 1\\n"),
    "schema": "CountingSource" in json_schema("source")["$defs"],
    "documentation": parts()["source_counting"].splitlines()[2:3],
    "secrets": list(tenants["acme"].secrets),
    "tables": [table.name for table in tables_read(recorded, [RAW])],
    "rows": [row["data"] for rows in warehouse.loaded.values() for row in rows],
}))
"""


ALLOWED = "use one of bigquery, counting, files, rest_api, sql_database. Did you mean 'counting'?"
KEYS = "use one of type, description, up_to, columns. Did you mean 'up_to'?"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The code with a type `counting`: its folder, and its line in the union."""
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "shared/sources/counting"
    folder.mkdir()
    for name, text in COUNTING.items():
        (folder / name).write_text(text)
    union = (tmp_path / UNION).read_text()
    known = "RowSource = FilesSource | "
    assert known in union
    imported = "from shared.sources.counting.source import CountingSource\n"
    added = union.replace("from shared.sources.files", f"{imported}from shared.sources.files")
    (tmp_path / UNION).write_text(
        added.replace(known, f"RowSource = CountingSource | {known.split('= ')[1]}")
    )
    return tmp_path


@pytest.mark.slow
def test_a_folder_and_a_line_are_all_that_a_type_of_source_takes(tree: Path) -> None:
    used = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert used.returncode == 0, used.stderr
    assert json.loads(used.stdout) == {
        "right": [],
        "wrong": ["configs/acme/sources/charges.yml:2:8: up_to: must be at least 1"],
        "misspelt": [f"configs/acme/sources/charges.yml:1:7: type: 'countng' is not allowed; {ALLOWED}"],
        "unknown key": [f"configs/acme/sources/charges.yml:2:1: upto: 'upto' is not a known key; {KEYS}"],
        "schema": True,
        "documentation": ["| **`up_to`** | | |"],
        "secrets": ["licence_to_count"],
        "tables": [],
        "rows": [{"number": 1}, {"number": 2}, {"number": 3}],
    }


def members(union: object) -> tuple[Any, ...]:
    """The alternatives of a union, which may have one alone."""
    return get_args(union) or (union,)


SOURCES = members(get_args(Source)[0])


def word_of(source: Any) -> str:
    """The `type` of a source's model."""
    return str(get_args(source.model_fields["type"].annotation)[0])


def test_every_folder_is_a_type_and_every_type_a_folder() -> None:
    folders = {path.parent.name for path in (ROOT / "shared/sources").glob("*/source.py")}

    assert {word_of(source) for source in SOURCES} == folders


@pytest.mark.parametrize("source", SOURCES, ids=word_of)
def test_a_type_has_its_parts_and_no_others(source: Any) -> None:
    folder = f"shared.sources.{word_of(source)}"
    wanted = {"check_source", "build_query" if source in members(QuerySource) else "read_rows"}

    parts = ("check_source", "build_query", "read_rows", "find_objects")
    found = {part for part in parts if find_spec(f"{folder}.{part}")}

    # A type may have the one that only some of its sources need.
    assert found - {"find_objects"} == wanted
    assert (source in members(QuerySource)) != (source in members(RowSource))


@pytest.mark.parametrize("source", SOURCES, ids=word_of)
def test_a_part_takes_what_it_is_given(source: Any) -> None:
    """The parts are found by name, so mypy does not see how they are called."""
    taken = {
        "check_source": ["source", "place", "reading", "pipeline"],
        "build_query": ["source"],
        "read_rows": ["source", "access"],
        "find_files": ["source", "access"],
        "find_objects": ["source", "access", "known"],
    }
    for part, names in taken.items():
        if find_spec(f"shared.sources.{word_of(source)}.{part}"):
            function = getattr(import_module(f"shared.sources.{word_of(source)}.{part}"), part)
            parameters = inspect.signature(function).parameters

            assert list(parameters) == names
            assert parameters["source"].annotation is source


@pytest.mark.parametrize("source", SOURCES, ids=word_of)
def test_a_type_has_a_page_that_the_configurations_page_leads_to(source: Any) -> None:
    word = word_of(source)

    assert f"<!-- generated: source_{word} -->" in (ROOT / f"docs/sources/{word}.md").read_text()
    assert f"(sources/{word}.md)" in (ROOT / "docs/pipeline-configuration.md").read_text()
    assert f"(docs/sources/{word}.md)" in (ROOT / "README.md").read_text()


def test_nobody_else_names_a_type_of_source() -> None:
    """But the union, and what reads files."""
    names = {source.__name__ for source in SOURCES}
    naming = {
        module.path
        for module in modules("shared", "functions", "cli")
        if any(name in module.text for name in names)
    }

    elsewhere = {
        path for path in naming if not path.startswith(("shared/sources/", "shared/adapters/files/"))
    }
    assert elsewhere == {UNION}
