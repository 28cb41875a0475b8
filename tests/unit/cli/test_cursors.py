"""`convergence cursors`."""

import json
from pathlib import Path

from tests.fakes.acme import CHAIN, FILES
from tests.fakes.delivery import deliver_all
from tests.fakes.reader import MemoryReader
from tests.unit.cli.command_line import command_line

GROWING = {
    "acme/sources/charges.yml": (
        "type: sql_database\ndialect: postgresql\nhost: db.example.com\ndatabase: shop\nuser: reader\n"
        "password: {secret: shop_password}\ntable: orders\nincremental: {column: id, lag: 0}\n"
    ),
    "acme/pipelines/demo/cost/chain.yml": (
        "steps: [{id: load, type: ingest, source: charges, "
        "destination: {table: raw_data, mode: merge, keys: [data.key]}}]\n"
    ),
}


def test_a_cursor_is_listed_once_a_run_has_written_its_rows(tmp_path: Path) -> None:
    reader = MemoryReader({})
    reader.cursor_by_key.update(a=1, b=7)
    line = command_line(tmp_path, files=FILES | GROWING, reader=reader)

    first = line.run("cursors", CHAIN.text)
    line.run("run", CHAIN.text)
    waiting = line.run("cursors", CHAIN.text, "--json")
    deliver_all(line.world)
    second = line.run("cursors", CHAIN.text, "--json")

    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[3].split() == ["load", "charges", "nothing", "yet"]
    told = {"step_id": "load", "source": "charges"}
    assert [json.loads(each.stdout) for each in (waiting, second)] == [
        [told | {"value": None}],
        [told | {"value": 7}],
    ]


def test_where_no_source_goes_on_that_is_said(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    assert "No source of acme/demo/cost/chain says 'incremental'" in line.run("cursors", CHAIN.text).stderr
    assert "Did you mean acme/demo/cost/chain?" in line.run("cursors", "acme/demo/cost/chian").stderr
