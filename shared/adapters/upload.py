"""A load job's file on its way to BigQuery, while it is still being made.

Small files go in one call. Others go in chunks, by the resumable protocol ("Loading data from local files" and
"Resumable uploads" in Google's documentation): BigQuery makes the job when it has the last one. Until then there is
none, and an upload that nobody goes on with is forgotten after a week.

The client library's own call for it, `load_table_from_file`, holds 100 MB at once, and breaks where BigQuery keeps less
of a chunk than it was sent. So chunks go by what it stands on, `google.resumable_media`, which sends one again after an
error that may pass.
"""

from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from shared.adapters.job_configs import load_config
from shared.domain.errors import TransientError
from shared.domain.job import LoadJob

if TYPE_CHECKING:
    from google.cloud import bigquery
    from google.resumable_media.requests import ResumableUpload

CHUNK_BYTES = 8 * 1024 * 1024
"""A multiple of 256 KiB, as the protocol asks for. Held in memory, three times over, until BigQuery has it."""
CHUNK_SECONDS = 300
_RETRIES = 6
"""Of one chunk, for about a minute in all, as the client library does it."""
_MOST_STALLS = 5
"""In a row: answers by which BigQuery has kept nothing of what it was sent."""


def upload(client: "bigquery.Client", job: LoadJob) -> "bigquery.LoadJob":
    """The load job, which is there now; what it reads its content from is at its end.

    Raises Google's errors, Conflict where the job's id is taken; and what the content raises, as it is.
    """
    file = ChunkedFile(job.content)
    first = file.read(CHUNK_BYTES)
    if len(first) == CHUNK_BYTES:
        file.seek(0)
        return _upload_in_chunks(client, job, file)
    return client.load_table_from_file(
        BytesIO(first),
        f"{client.project}.{job.tenant_id}.{job.table.name}",
        size=len(first),
        job_config=load_config(job),
        job_id=job.job_id,
        location=job.location,
        timeout=CHUNK_SECONDS,
    )


class ChunkedFile:
    """Bytes that are made as they are read, as a file in which one can go back to where the last read began."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._left = iter(content)
        self._held = bytearray()
        self._begins_at = 0
        self._position = 0

    def tell(self) -> int:
        """How many bytes come before what is read next."""
        return self._position

    def seek(self, position: int) -> None:
        """Go back, or forth again. Raises TransientError where that is held no more."""
        if not self._begins_at <= position <= self._begins_at + len(self._held):
            raise TransientError("The upload was cut off: BigQuery lacks what was sent to it before")
        self._position = position

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end. What was read before them is held no more."""
        del self._held[: self._position - self._begins_at]
        self._begins_at = self._position
        while len(self._held) < size:
            part = next(self._left, None)
            if part is None:
                break
            self._held += part
        found = bytes(memoryview(self._held)[:size])
        self._position += len(found)
        return found


def _upload_in_chunks(client: "bigquery.Client", job: LoadJob, file: ChunkedFile) -> "bigquery.LoadJob":
    from google.api_core import exceptions
    from google.resumable_media import InvalidResponse, RetryStrategy
    from google.resumable_media.requests import ResumableUpload

    # The client has neither its address nor its connections in public; these are what its own uploads take.
    address, http = client._connection.API_BASE_URL, client._http
    session = ResumableUpload(
        f"{address}/upload/bigquery/v2/projects/{client.project}/jobs?uploadType=resumable", CHUNK_BYTES
    )  # type: ignore[no-untyped-call]
    session._retry_strategy = RetryStrategy(max_retries=_RETRIES)  # type: ignore[no-untyped-call]
    try:
        session.initiate(  # type: ignore[no-untyped-call]
            http,
            file,
            _resource(job, project=client.project),
            "application/octet-stream",
            stream_final=False,
            timeout=CHUNK_SECONDS,
        )
        answer = _transmit(session, file, http)
    except InvalidResponse as error:
        raise exceptions.from_http_response(error.response) from error  # type: ignore[no-untyped-call]
    return cast("bigquery.LoadJob", client.job_from_resource(answer.json()))


def _transmit(session: "ResumableUpload", file: ChunkedFile, http: Any) -> Any:
    """The answer to the last chunk. What BigQuery has not kept of a chunk is sent again."""
    from google.resumable_media import InvalidResponse

    stalls, answer = 0, None
    while not session.finished:
        before = session.bytes_uploaded
        try:
            answer = session.transmit_next_chunk(http, timeout=CHUNK_SECONDS)  # type: ignore[no-untyped-call]
        except InvalidResponse as error:
            if error.response.status_code != HTTPStatus.PERMANENT_REDIRECT:
                raise
            # It says of no byte that it is kept: asking says how much there is.
            session.recover(http)  # type: ignore[no-untyped-call]
        stalls = stalls + 1 if session.bytes_uploaded == before else 0
        if session.finished:
            break
        if stalls == _MOST_STALLS:
            raise TransientError("The upload was cut off: BigQuery keeps nothing of what it is sent")
        file.seek(session.bytes_uploaded)
    return answer


def _resource(job: LoadJob, *, project: str) -> dict[str, Any]:
    """The job, as jobs.insert takes it."""
    configuration = load_config(job).to_api_repr()
    configuration["load"]["destinationTable"] = {
        "projectId": project,
        "datasetId": job.tenant_id,
        "tableId": job.table.name,
    }
    return {
        "jobReference": {"projectId": project, "jobId": job.job_id, "location": job.location},
        "configuration": configuration,
    }
