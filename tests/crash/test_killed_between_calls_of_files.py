"""Killed between any two calls, a step that loads what is new of files leaves each file's rows once."""

from pathlib import Path

from shared.domain.pipeline import Address
from shared.ports import World
from tests.crash.carrying import LOOKS, carried_out
from tests.crash.pipelines import write_pipeline
from tests.fakes.wire import Wire
from tests.stage import TENANT, Stage

SOURCE = "type: files\npath: files/cut_*.csv\nformat: csv\nload: changed\n"


def write_files(folder: Path, number: int) -> None:
    """A file that stays, one that changes and one that is new."""
    if number == 0:
        (folder / "cut_stays.csv").write_text("n\nstays\n")
    (folder / "cut_changes.csv").write_text(f"n\nis {number}\nand {number}\n")
    (folder / f"cut_new_{number}.csv").write_text(f"n\nnew {number}\n")


def rows(stage: Stage, pipeline: Address) -> list[str]:
    found = stage.rows(
        f"SELECT JSON_VALUE(data, '$.n') AS n FROM {TENANT}.raw_data "
        f"WHERE pipeline_id = '{pipeline.pipeline_id}'"
    )
    return sorted(row["n"] for row in found)


def test_killed_at_any_moment_a_step_leaves_the_rows_of_each_file_once(stage: Stage, world: World) -> None:
    files, clean = stage.configs / TENANT / "files", Wire()
    files.mkdir(exist_ok=True)
    pipeline = write_pipeline(stage, "cut_files", source=SOURCE)
    write_files(files, 0)
    assert carried_out(pipeline, world, Wire()).status == "SUCCESS"
    write_files(files, 1)
    assert carried_out(pipeline, world, clean).status == "SUCCESS"

    cuts = [number for number, call in enumerate(clean.calls) if call not in LOOKS]
    assert {clean.calls[number] for number in cuts} >= {("warehouse", "submit"), ("log", "append")}
    for number, cut in enumerate(cuts, start=2):
        write_files(files, number)
        wire = Wire(cut_after=cut)
        ended = carried_out(pipeline, world, wire)

        assert (ended.status, wire.was_cut) == ("SUCCESS", True), f"{wire}: {ended.error_message}"
        new = [f"new {each}" for each in range(number + 1)]
        assert rows(stage, pipeline) == sorted(["stays", f"is {number}", f"and {number}", *new]), f"{wire}"
