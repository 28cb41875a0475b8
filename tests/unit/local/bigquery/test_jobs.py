"""The id of a job is a lock: taken once, and by whoever is seen to have it."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.bigquery.database import Database
from local.bigquery.job import Execute, Job, JobKey, Outcome
from local.bigquery.jobs import Jobs
from local.bigquery.problem import ApiError
from local.bigquery.records import JobRecords
from local.bigquery.session import Session


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path, project="p")
    yield opened
    opened.close()


def _job(job_id: str, owner: str) -> Job:
    return Job(JobKey("p", job_id), {"query": {"query": "SELECT 1"}, "labels": {"owner": owner}})


def _succeed(_session: Session, _job: Job) -> Outcome:
    return Outcome({"query": {}}, changes=False)


def _refuse(_session: Session, _job: Job) -> Outcome:
    raise ApiError("invalidQuery", "given up")


async def _labels(jobs: Jobs, job_id: str) -> str | None:
    """Whose job everybody sees under the id."""
    try:
        found = await jobs.find(JobKey("p", job_id))
    except ApiError:
        return None
    return str(found["configuration"]["labels"]["owner"])


@dataclass(frozen=True)
class Reach:
    """What one of those that reach for an id got, and whose job it saw before, after and at the end."""

    job_id: str
    won: str | None
    seen: list[str | None]


async def _reach(jobs: Jobs, job_id: str, owner: str, *, turns: int) -> Reach:
    for _ in range(turns):
        await asyncio.sleep(0)
    seen = [await _labels(jobs, job_id)]
    job = _job(job_id, owner)
    try:
        jobs.submit(job, _succeed if owner == "work" else _refuse)
    except ApiError:
        return Reach(job_id, None, [*seen, await _labels(jobs, job_id)])
    seen.append(await _labels(jobs, job_id))
    await jobs.wait(job)
    return Reach(job_id, owner, [*seen, await _labels(jobs, job_id)])


@pytest.mark.slow
def test_of_thousands_that_reach_for_ids_everybody_sees_only_the_one_that_was_accepted(
    database: Database,
) -> None:
    jobs, chance = Jobs(database, records=JobRecords(database)), random.Random(8)
    ids = [f"job-{number}" for number in range(1000)]
    owners = ["work", "void", "second void", "third void"]

    async def race() -> list[Reach]:
        starts = [(job_id, owner) for job_id in ids for owner in owners]
        chance.shuffle(starts)
        reaching = [_reach(jobs, *start, turns=chance.randrange(40)) for start in starts]
        return await asyncio.gather(*reaching)

    reaches: dict[str, list[Reach]] = {}
    for reach in asyncio.run(race()):
        reaches.setdefault(reach.job_id, []).append(reach)

    for rivals in reaches.values():
        (winner,) = [reach.won for reach in rivals if reach.won is not None]
        assert {owner for reach in rivals for owner in reach.seen} <= {None, winner}
        assert [reach.seen[-1] for reach in rivals] == [winner] * len(owners)
    assert len({reach.won for rivals in reaches.values() for reach in rivals}) == 1 + len(owners)


@pytest.mark.parametrize("execute", [_succeed, _refuse])
def test_the_record_of_a_job_that_changed_nothing_survives_a_kill(
    database: Database, tmp_path: Path, execute: Execute
) -> None:
    jobs, job = Jobs(database, records=JobRecords(database)), _job("once", "work")

    async def carry_out() -> None:
        jobs.submit(job, execute)
        await jobs.wait(job)

    asyncio.run(carry_out())
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path, killed, ignore=lambda *_: ["killed"])

    left = Database(killed, project="p")
    records = JobRecords(left)
    found = records.find(job.key)
    records.close()
    left.close()

    assert found is not None
    assert found.resource == job.resource
    assert not records.take_id(job.key)


def test_a_job_of_several_steps_that_is_killed_between_them_has_failed_and_its_id_is_taken(
    database: Database, tmp_path: Path
) -> None:
    jobs, job, killed = (
        Jobs(database, records=JobRecords(database)),
        _job("once", "work"),
        tmp_path / "killed",
    )

    def first(session: Session, _job: Job) -> Outcome:
        session.execute("CREATE TABLE data.effect AS SELECT 1 AS a")
        return Outcome({"query": {}}, then=lambda: second)

    def second(_session: Session, _job: Job) -> Outcome:
        shutil.copytree(tmp_path, killed, ignore=lambda *_: ["killed"])
        return Outcome({"query": {}})

    async def carry_out() -> list[str]:
        jobs.submit(job, first)
        await jobs.wait(job)
        return [one["jobReference"]["jobId"] for one in await jobs.newest("p", limit=9, offset=0)]

    listed = asyncio.run(carry_out())
    left = Database(killed, project="p")
    records = JobRecords(left)
    found = records.find(job.key)
    effect = left.connection.execute("FROM data.effect").fetchall()
    records.close()
    left.close()

    assert found is not None
    assert found.resource["status"]["errorResult"]["reason"] == "stopped"
    assert effect == [(1,)]
    assert not records.take_id(job.key)
    # The one that went on has ended well, and has one record.
    assert listed == ["once"]
    assert job.resource["status"] == {"state": "DONE"}


def test_an_id_stays_taken_when_the_database_is_opened_again(tmp_path: Path) -> None:
    for answer in ("accepted", "refused", "refused"):
        database = Database(tmp_path, project="p")
        jobs = Jobs(database, records=JobRecords(database))

        assert asyncio.run(_submitted(jobs)) == answer

        jobs.close()
        database.close()


async def _submitted(jobs: Jobs) -> str:
    job = _job("once", "work")
    try:
        jobs.submit(job, _succeed)
    except ApiError:
        found = await jobs.find(job.key)
        assert found["status"] == {"state": "DONE"}
        return "refused"
    await jobs.wait(job)
    return "accepted"
