"""The REST calls on datasets that upstream answers wrongly."""

from __future__ import annotations

from bqemulator.api.dependencies import AppContext
from bqemulator.storage.sql_identifiers import quoted_schema
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.bigquery.lanes import Lanes
from local.bigquery.problem import ApiError
from local.bigquery.tables import require_dataset

DATASET = "/bigquery/v2/projects/{project}/datasets/{dataset}"


class DatasetCalls:
    """Datasets over HTTP, as far as upstream does not serve them."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def routes(self) -> list[Route]:
        """The call answered here."""
        return [Route(DATASET, self._delete, methods=["DELETE"])]

    async def _delete(self, request: Request) -> Response:
        project, dataset = request.path_params["project"], request.path_params["dataset"]
        contents = request.query_params.get("deleteContents", "").lower() == "true"

        async def delete(storage: AppContext) -> None:
            require_dataset(storage, project=project, dataset=dataset)
            if not contents and storage.catalog.list_tables(project, dataset):
                raise ApiError("resourceInUse", f"Dataset {project}:{dataset} is still in use")
            storage.engine.execute(f"DROP SCHEMA IF EXISTS {quoted_schema(project, dataset)} CASCADE")
            storage.catalog.delete_dataset(project, dataset, delete_contents=True)

        await self._lanes.commit(delete)
        return Response(status_code=204)
