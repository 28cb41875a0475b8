"""`convergence files`."""

import json
from pathlib import Path

from pydantic import JsonValue

from shared.domain.progress import FileVersion
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.delivery import deliver_all
from tests.fakes.reader import MemoryReader
from tests.unit.cli.command_line import command_line

DUE = {
    "acme/sources/charges.yml": "type: files\npath: '*.csv'\nformat: csv\nload: changed\n",
    "acme/pipelines/demo/cost/chain.yml": (
        "steps: [{id: load, type: ingest, source: charges, destination: {table: raw_data, mode: append}}]\n"
    ),
}


def file(name: str, version: str = "1") -> FileVersion:
    return FileVersion(name=name, size=1_500, version=version)


def test_files_are_listed_with_what_is_loaded_of_them(tmp_path: Path) -> None:
    reader = MemoryReader({})
    rows: list[dict[str, JsonValue]] = [{"a": 1}]
    reader.files = dict.fromkeys(map(file, ("a.csv", "b.csv", "gone.csv")), rows)
    line = command_line(tmp_path, files=FILES | DUE, reader=reader)

    first = line.run("files", CHAIN.text)
    line.run("run", CHAIN.text)
    deliver_all(line.world)
    reader.files = dict.fromkeys([file("a.csv"), file("b.csv", "2"), file("c.csv")], rows)
    second = line.run("files", CHAIN.text, "--json")

    assert first.exit_code == 0, first.output
    assert [line.split() for line in first.stdout.splitlines()[3:6]] == [
        [name, "load", "new", "1,500"] for name in ("a.csv", "b.csv", "gone.csv")
    ]
    assert first.stderr == "3 new\n"
    assert [(each["name"], each["status"]) for each in json.loads(second.stdout)] == [
        ("a.csv", "loaded"),
        ("b.csv", "changed"),
        ("c.csv", "new"),
        ("gone.csv", "missing"),
    ]


def test_with_parameters_in_a_path_only_files_that_are_there_are_listed(tmp_path: Path) -> None:
    pipeline = "acme/pipelines/demo/cost/chain.yml"
    parts = {
        "acme/sources/charges.yml": DUE["acme/sources/charges.yml"].replace("*.csv", "{day}.csv"),
        pipeline: "parameters: {day: {type: date}}\n" + DUE[pipeline],
    }
    reader = MemoryReader({})
    reader.files = {file("2025-11-01.csv"): [{"a": 1}]}
    line = command_line(tmp_path, files=FILES | parts, reader=reader)

    lacking = line.run("files", CHAIN.text)
    line.run("run", CHAIN.text, "--param", "day=2025-11-01")
    deliver_all(line.world)
    reader.files = {file("2025-11-02.csv"): []}
    listed = line.run("files", CHAIN.text, "--param", "day=2025-11-02", "--json")

    assert "this pipeline has no default for it" in lacking.stderr
    assert [(each["name"], each["status"]) for each in json.loads(listed.stdout)] == [
        ("2025-11-02.csv", "new")
    ]


def test_where_no_source_remembers_its_files_that_is_said(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("files", CHAIN.text)

    assert result.exit_code == 1
    assert "No source of acme/demo/cost/chain says 'load: new' or 'load: changed'" in result.stderr


def test_a_pipeline_that_is_not_there_is_said_with_the_one_that_was_meant(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("files", "acme/demo/cost/chian")

    assert "Did you mean acme/demo/cost/chain?" in result.stderr
