"""The REST calls on projects and datasets, and on what there is none of here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from local.bigquery.catalog import Dataset
from local.bigquery.database import Database
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.tables import etag, merged, now_ms, require_dataset, require_etag, with_int64_texts
from local.bigquery.web import Request, Response, Route, json_response

PROJECTS = "/bigquery/v2/projects"
PROJECT = PROJECTS + "/{project}"
DATASETS = PROJECT + "/datasets"
DATASET = DATASETS + "/{dataset}"
_NAME = re.compile(r"[A-Za-z0-9_]{1,1024}")
_SHOWN_BY_LIST = ("location", "labels", "friendlyName")
_NOT_KEPT = {"kind", "id", "selfLink", "etag", "datasetReference", "creationTime", "lastModifiedTime"}
_PAGE = 1000


class DatasetCalls:
    """Projects and datasets over HTTP."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [
            Route("GET", PROJECTS, self._list_projects),
            Route("GET", PROJECT + "/serviceAccount", self._service_account),
            Route("POST", DATASETS, self._insert),
            Route("GET", DATASETS, self._list),
            Route("GET", DATASET, self._get),
            Route("PATCH", DATASET, self._change),
            Route("PUT", DATASET, self._change),
            Route("DELETE", DATASET, self._delete),
            Route("GET", DATASET + "/routines", self._list_none),
            Route("GET", DATASET + "/models", self._list_none),
        ]

    async def _list_projects(self, _request: Request) -> Response:
        names = sorted(
            {self._database.project, *(project for project, _name in self._database.catalog.datasets)}
        )
        projects = [
            {
                "kind": "bigquery#project",
                "id": name,
                "numericId": str(number),
                "projectReference": {"projectId": name},
                "friendlyName": name,
            }
            for number, name in enumerate(names, 1)
        ]
        return json_response(
            {"kind": "bigquery#projectList", "projects": projects, "totalItems": len(projects)}
        )

    async def _service_account(self, request: Request) -> Response:
        email = f"bq-{request.path_params['project']}@bigquery-encryption.iam.gserviceaccount.com"
        return json_response({"kind": "bigquery#getServiceAccountResponse", "email": email})

    async def _insert(self, request: Request) -> Response:
        body = request.json()
        project = request.path_params["project"]
        name = str((body.get("datasetReference") or {}).get("datasetId") or "")

        def insert(session: Session) -> Dataset:
            return create_dataset(session, project, name, body=body)

        return json_response(_resource(await self._database.run(insert)))

    async def _list(self, request: Request) -> Response:
        project = request.path_params["project"]
        offset = int(request.query.get("pageToken") or 0)
        limit = int(request.query.get("maxResults") or _PAGE)
        filters = request.query.get("filter", "").split()
        every = sorted(self._database.catalog.datasets.items())
        found = [one for key, one in every if key[0] == project and _fits(one, filters)]
        page = found[offset : offset + limit]
        answer: dict[str, Any] = {"kind": "bigquery#datasetList"}
        if page:
            answer["datasets"] = [_list_item(one) for one in page]
        if offset + limit < len(found):
            answer["nextPageToken"] = str(offset + limit)
        return json_response(answer)

    async def _get(self, request: Request) -> Response:
        where = request.path_params
        return json_response(
            _resource(require_dataset(self._database.catalog, where["project"], where["dataset"]))
        )

    async def _change(self, request: Request) -> Response:
        body = {name: value for name, value in request.json().items() if name not in _NOT_KEPT}
        where = request.path_params

        def change(session: Session) -> Dataset:
            session.lock((where["project"], where["dataset"]), Lock.DESCRIBE)
            dataset = require_dataset(session.catalog, where["project"], where["dataset"])
            require_etag(dataset.resource, request.headers.get("if-match"))
            resource = {**merged(dataset.resource, body), "lastModifiedTime": now_ms()}
            changed = replace(dataset, resource=resource)
            session.put_dataset(changed)
            return changed

        return json_response(_resource(await self._database.run(change)))

    async def _delete(self, request: Request) -> Response:
        where = request.path_params
        contents = request.query.get("deleteContents", "").lower() == "true"

        def delete(session: Session) -> None:
            drop_dataset(session, where["project"], where["dataset"], contents=contents)

        await self._database.run(delete)
        return Response(status=204)

    async def _list_none(self, request: Request) -> Response:
        """Routines and models: there is none here."""
        require_dataset(
            self._database.catalog, request.path_params["project"], request.path_params["dataset"]
        )
        return json_response({})


def create_dataset(session: Session, project: str, name: str, *, body: dict[str, Any]) -> Dataset:
    """Create a dataset from a `Dataset` resource. Raises ApiError."""
    if not _NAME.fullmatch(name):
        message = (
            f'Invalid dataset ID "{name}". Dataset IDs must be alphanumeric (plus underscores)'
            " and must be at most 1024 characters long."
        )
        raise ApiError("invalid", message)
    session.lock((project, name), Lock.ALTER)
    if session.catalog.dataset(project, name) is not None:
        raise ApiError("duplicate", f"Already Exists: Dataset {project}:{name}")
    told = {key: value for key, value in body.items() if key not in _NOT_KEPT and value is not None}
    kept: dict[str, Any] = with_int64_texts(told)
    resource = {"location": "US", **kept, "creationTime": now_ms(), "lastModifiedTime": now_ms()}
    dataset = Dataset(project, name, resource)
    session.put_dataset(dataset)
    return dataset


def drop_dataset(session: Session, project: str, name: str, *, contents: bool) -> None:
    """Remove a dataset, with `contents` its tables as well. Raises ApiError."""
    session.lock((project, name), Lock.ALTER)
    require_dataset(session.catalog, project, name)
    if not contents and any(session.catalog.tables_of(project, name)):
        raise ApiError("resourceInUse", f"Dataset {project}:{name} is still in use")
    session.remove_dataset(project, name)


def _resource(dataset: Dataset) -> dict[str, Any]:
    heading = {"kind": "bigquery#dataset", **_reference(dataset), "selfLink": "", "type": "DEFAULT"}
    return {**heading, "etag": etag(dataset.resource), "location": dataset.location, **dataset.resource}


def _list_item(dataset: Dataset) -> dict[str, Any]:
    shown = {name: dataset.resource[name] for name in _SHOWN_BY_LIST if name in dataset.resource}
    return {"kind": "bigquery#dataset", **_reference(dataset), "location": dataset.location, **shown}


def _reference(dataset: Dataset) -> dict[str, Any]:
    reference = {"projectId": dataset.project, "datasetId": dataset.dataset}
    return {"id": f"{dataset.project}:{dataset.dataset}", "datasetReference": reference}


def _fits(dataset: Dataset, filters: list[str]) -> bool:
    """Whether it has the labels that `labels.name` and `labels.name:value` ask for."""
    labels = dataset.resource.get("labels") or {}
    for one in filters:
        name, _, value = one.removeprefix("labels.").partition(":")
        if name not in labels or (value and labels[name] != value):
            return False
    return True
