"""The executor is killed while it loads what is new of several files: in the end each file's rows are there once."""

import hashlib
import os
import signal
from dataclasses import dataclass, field

from tests.contract.sources.api import Answer, Api, Request
from tests.crash.pipelines import write_pipeline
from tests.stage import TENANT, Stage

FILES = {f"{name}.csv": f"n\n{name}1\n{name}2\n".encode() for name in "abc"}
SOURCE = """\
type: files
path: s3://exports/*.csv
endpoint: {url}
format: csv
load: changed
"""


@dataclass
class KillingStore:
    """A bucket that kills who asks for the object `deadly`, once; `read` are those that were given."""

    stage: Stage
    objects: dict[str, bytes]
    deadly: str | None = None
    read: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        name = request.path.removeprefix("/exports/")
        if not name:
            return Answer(self._list(), headers={"Content-Type": "application/xml"})
        if name == self.deadly:
            self.deadly = None
            os.kill(self.stage.platform.pid_of("executor"), signal.SIGKILL)
        else:
            self.read.append(name)
        return Answer(self.objects[name], headers={"ETag": _tag(self.objects[name])})

    def taken(self) -> set[str]:
        """The objects that were given since this was asked."""
        taken, self.read = set(self.read), []
        return taken

    def _list(self) -> bytes:
        items = "".join(
            f"<Contents><Key>{name}</Key><ETag>{_tag(body)}</ETag><Size>{len(body)}</Size></Contents>"
            for name, body in self.objects.items()
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>".encode()


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def test_files_whose_reader_is_killed_are_there_once_however_often_they_are_loaded(stage: Stage) -> None:
    store = KillingStore(stage, dict(FILES), deadly="b.csv")
    served = Api(store.answer)
    pipeline = write_pipeline(stage, "killed_files", source=SOURCE.format(url=served.url))

    def loaded() -> tuple[object, list[str], set[str]]:
        """How a run ended, what the table has then, and which objects were read, however often."""
        run = stage.run(f"/api/v1/pipelines/run/{pipeline.text}")
        found = stage.rows(
            f"SELECT source_file || ' ' || JSON_VALUE(data, '$.n') AS row_of FROM {TENANT}.raw_data "
            f"WHERE pipeline_id = '{pipeline.pipeline_id}' ORDER BY row_of"
        )
        assert run["error_message"] is None
        return run["status"], [row["row_of"].rpartition("/")[2] for row in found], store.taken()

    all_rows = [f"{name}.csv {name}{number}" for name in "abc" for number in (1, 2)]
    killed, again = loaded(), loaded()
    store.objects |= {"b.csv": b"n\nb3\n", "c.csv": b"n\n"}
    store.deadly = "c.csv"
    killed_at_changed, at_last = loaded(), loaded()
    served.close()

    # A slow reader is taken for lost and the files are read once more, by the lost one perhaps later yet; what changed
    # so soon after the run before counts as perhaps changed in the next one. Neither puts a row into the table twice.
    assert killed == ("SUCCESS", all_rows, {"a.csv", "b.csv", "c.csv"})
    assert again[:2] == ("SUCCESS", all_rows)
    changed_rows = [*all_rows[:2], "b.csv b3"]
    assert killed_at_changed[:2] == ("SUCCESS", changed_rows)
    assert killed_at_changed[2] >= {"b.csv", "c.csv"}
    assert at_last[:2] == ("SUCCESS", changed_rows)
