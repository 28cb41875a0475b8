"""The executor is killed in the midst of a source: the next delivery reads it from the start, once it is missed."""

import os
import signal

from tests.contract.sources.api import Answer, Api, Request
from tests.crash.pipelines import write_pipeline
from tests.stage import TENANT, Stage

PAGES = 8
KILLED_AT = 5
SOURCE = """\
type: rest_api
client:
  base_url: {url}
  paginator: {{type: page_number, base_page: 1, total_path: pages}}
resources:
  - name: numbers
    endpoint: {{path: numbers, data_selector: rows}}
"""


class KillingApi:
    """Kills who reads it when he is at one of its pages, once; `pages` are those that were asked for."""

    def __init__(self, stage: Stage) -> None:
        self.pages: list[int] = []
        self._stage = stage

    def answer(self, request: Request) -> Answer:
        page = request.number("page", 1)
        if page == KILLED_AT and page not in self.pages:
            os.kill(self._stage.platform.pid_of("executor"), signal.SIGKILL)
        self.pages.append(page)
        return Answer({"rows": [{"number": page}], "pages": PAGES})


def test_a_source_whose_reader_is_killed_is_read_again_from_the_start_and_loaded_once(stage: Stage) -> None:
    api = KillingApi(stage)
    served = Api(api.answer)
    pipeline = write_pipeline(stage, "killed", source=SOURCE.format(url=served.url))

    run = stage.run(f"/api/v1/pipelines/run/{pipeline.text}")

    served.close()
    assert (run["status"], run["error_message"]) == ("SUCCESS", None)
    assert api.pages[:KILLED_AT] == [*range(1, KILLED_AT + 1)]
    # Two deliveries may come at once when the reader is missed: both then read until one sees the other.
    assert {*api.pages[KILLED_AT:]} == {*range(1, PAGES + 1)}
    numbers = stage.rows(
        f"SELECT CAST(JSON_VALUE(data, '$.number') AS INT64) AS number FROM {TENANT}.raw_data "
        f"WHERE pipeline_id = '{pipeline.pipeline_id}' ORDER BY number"
    )
    assert [row["number"] for row in numbers] == [*range(1, PAGES + 1)]
