"""An API that always gives another page: nobody asks it any more once its step has ended, however that came."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.contract.sources.api import Answer, Api, Request
from tests.patience import eventually
from tests.stage import RUNS, Stage

TENANT = "endless_005"
_SOURCE = """\
type: rest_api
client:
  base_url: {url}
  paginator: {{type: cursor, cursor_path: next, cursor_param: cursor}}
max_pages: 1000000
resources:
  - name: {name}
    endpoint: {{path: {name}, data_selector: rows}}
"""
_PIPELINE = """\
steps:
  - id: read
    type: ingest
    source: {name}
    destination: {{table: raw_data, mode: append}}
{more}
"""


class EndlessApi:
    """Counts what it is asked, and how often from the start, by path."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.begun: Counter[str] = Counter()

    def answer(self, request: Request) -> Answer:
        name = urlsplit(request.path).path.strip("/")
        self.asked[name] += 1
        self.begun[name] += "cursor" not in request.parameters
        number = request.number("cursor")
        return Answer({"rows": [{"number": number}], "next": number + 1})


@pytest.fixture
def endless() -> Iterator[tuple[EndlessApi, str]]:
    """The API, and where it is."""
    api = EndlessApi()
    served = Api(api.answer, most_requests=1_000_000)
    yield api, served.url
    served.close()


def test_a_source_without_end_is_read_no_further_once_its_step_has_ended(
    stage: Stage, endless: tuple[EndlessApi, str]
) -> None:
    api, url = endless
    (stage.configs / TENANT).mkdir()
    (stage.configs / TENANT / "tenant.yml").write_text("display_name: Endless\n")
    add(stage, url, "cancelled", more="timeout: 1h")
    add(stage, url, "step_timed_out", more="    timeout: 3s")
    add(stage, url, "run_timed_out", more="timeout: 3s")
    key = stage.key(TENANT)

    names = ("cancelled", "step_timed_out", "run_timed_out")
    run_ids = {name: [started(stage, name, key=key)] for name in names}
    eventually(lambda: api.asked["cancelled"] > 20)
    stage.http("DELETE", f"{RUNS}/{run_ids['cancelled'][0]}", key=key)
    ended = {name: stage.finished(run_ids[name][0], key=key) for name in names}
    for name in names:
        # A machine may be too busy to begin with a source before the time is up: then another run does.
        while not api.begun[name]:
            run_ids[name].append(started(stage, name, key=key))
            ended[name] = stage.finished(run_ids[name][-1], key=key)

    too_long = "took longer than its timeout of 3 s"
    assert {name: (run["status"], run["error_message"]) for name, run in ended.items()} == {
        "cancelled": ("CANCELLED", None),
        "step_timed_out": ("FAILED", f"read: {too_long}"),
        "run_timed_out": ("FAILED", too_long),
    }
    eventually(lambda: is_left_alone(api, stage))
    assert [name for name in names if api.begun[name] > len(run_ids[name])] == []
    assert stage.rows(f"SELECT * FROM {TENANT}.raw_data") == []


def is_left_alone(api: EndlessApi, stage: Stage) -> bool:
    """Whether nobody asks it anything while a whole run is carried out."""
    before = api.asked.copy()
    assert stage.run()["status"] == "SUCCESS"
    return api.asked == before


def started(stage: Stage, name: str, *, key: str) -> str:
    accepted = stage.http("POST", f"/api/v1/pipelines/run/{TENANT}/lab/cost/{name}", key=key)
    assert accepted.status_code == httpx.codes.ACCEPTED, accepted.text
    run_id: str = accepted.json()["run_id"]
    return run_id


def add(stage: Stage, url: str, name: str, *, more: str) -> None:
    """Write a source at that path of the API, and a pipeline that reads it."""
    folder = stage.configs / TENANT
    pipelines, sources = folder / "pipelines" / "lab" / "cost", folder / "sources"
    pipelines.mkdir(parents=True, exist_ok=True)
    sources.mkdir(exist_ok=True)
    (sources / f"{name}.yml").write_text(_SOURCE.format(url=url, name=name))
    (pipelines / f"{name}.yml").write_text(_PIPELINE.format(name=name, more=more))
