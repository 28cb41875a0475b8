"""Uploads: load jobs whose file comes in the request."""

from __future__ import annotations

import asyncio
import json
from email.message import Message
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from local.bigquery.caller import caller
from local.bigquery.job import Job, JobKey, create_job_id
from local.bigquery.jobs import Jobs
from local.bigquery.loads import Loads
from local.bigquery.problem import ApiError
from local.bigquery.web import Request, Response, Route, json_response

UPLOADS = "/upload/bigquery/v2/projects/{project}/jobs"
_RESUME_INCOMPLETE = 308


class Uploads:
    """Multipart and resumable uploads, as Google's clients send them."""

    def __init__(self, jobs: Jobs, loads: Loads) -> None:
        self._jobs = jobs
        self._loads = loads
        self._resources: dict[str, dict[str, Any]] = {}

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [
            Route("POST", UPLOADS, self._begin),
            Route("PUT", UPLOADS, self._append),
        ]

    async def _begin(self, request: Request) -> Response:
        kind = request.query.get("uploadType")
        if kind == "resumable":
            return self._begin_resumable(request)
        if kind != "multipart":
            raise ApiError("invalid", f"uploadType must be multipart or resumable, not {kind}")
        resource, content = _split_multipart(request.headers.get("content-type", ""), request.body)
        path = self._loads.folder / uuid4().hex
        await asyncio.to_thread(path.write_bytes, content)
        return await self._load(request, resource=resource, path=path)

    def _begin_resumable(self, request: Request) -> Response:
        upload_id = uuid4().hex
        self._resources[upload_id] = _load_resource(request.body)
        (self._loads.folder / upload_id).touch()
        query = urlencode({**request.query, "upload_id": upload_id})
        location = f"{request.url.partition('?')[0]}?{query}"
        return Response(headers={"Location": location, "X-GUploader-UploadID": upload_id})

    async def _append(self, request: Request) -> Response:
        upload_id = request.query.get("upload_id", "")
        resource = self._resources.get(upload_id)
        if resource is None:
            raise ApiError("notFound", "Not found: upload session")
        path = self._loads.folder / upload_id
        start, total = _content_range(request.headers.get("content-range"))
        received = path.stat().st_size
        if start is not None and start != received:
            return _incomplete(received)
        await asyncio.to_thread(_append_to, path, request.body)
        received += len(request.body)
        if total is None or received < total:
            return _incomplete(received)
        del self._resources[upload_id]
        return await self._load(request, resource=resource, path=path)

    async def _load(self, request: Request, *, resource: dict[str, Any], path: Path) -> Response:
        reference = resource.get("jobReference") or {}
        key = JobKey(request.path_params["project"], reference.get("jobId") or create_job_id())
        job = Job(
            key,
            resource["configuration"],
            location=reference.get("location"),
            user_email=caller(request),
        )
        try:
            self._jobs.submit(job, partial(self._loads.run, files=[path]))
            # Waited for without a limit: the uploaded file goes when the answer does.
            await self._jobs.wait(job)
            return json_response(await self._jobs.find(key))
        finally:
            path.unlink(missing_ok=True)


def _append_to(path: Path, chunk: bytes) -> None:
    with path.open("ab") as file:
        file.write(chunk)


def _split_multipart(content_type: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    """The two parts of a multipart/related body: the `Job` resource and the file, byte for byte."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_maintype() != "multipart" or boundary is None:
        raise ApiError(
            "invalid", f"A multipart upload is multipart/related with a boundary, not {content_type}"
        )
    marker = b"--" + boundary.encode()
    # Taken apart by hand: a MIME parser may change line ends inside the file. The last marker is looked for
    # from the end, so that a file may hold anything.
    first = body.find(marker)
    second = body.find(b"\r\n" + marker, first + len(marker))
    last = body.rfind(b"\r\n" + marker + b"--")
    if first < 0 or second < 0 or last <= second:
        raise ApiError("invalid", "A multipart upload has exactly two parts: the job and the file")
    job_part = body[first + len(marker) : second]
    file_part = body[second + len(b"\r\n" + marker) : last]
    return _load_resource(_content(job_part)), _content(file_part)


def _content(part: bytes) -> bytes:
    _headers, separator, content = part.partition(b"\r\n\r\n")
    if not separator:
        raise ApiError("invalid", "A part of the multipart upload has no headers")
    return content


def _load_resource(body: bytes) -> dict[str, Any]:
    try:
        resource = json.loads(body)
    except ValueError as error:
        raise ApiError("invalid", "The job of an upload must be JSON") from error
    if not isinstance(resource, dict) or "load" not in (resource.get("configuration") or {}):
        raise ApiError("invalid", "Required parameter is missing: configuration.load")
    return resource


def _content_range(header: str | None) -> tuple[int | None, int | None]:
    """Start and total of `bytes START-END/TOTAL`; None for what is not said."""
    if header is None:
        return None, 0
    span, _, total = header.removeprefix("bytes ").partition("/")
    start = None if span == "*" else int(span.partition("-")[0])
    return start, None if total == "*" else int(total)


def _incomplete(received: int) -> Response:
    headers = {"Range": f"bytes=0-{received - 1}"} if received else {}
    return Response(status=_RESUME_INCOMPLETE, headers=headers)
