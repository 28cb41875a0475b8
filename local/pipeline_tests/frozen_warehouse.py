"""The warehouse of a test, in which jobs end at the time that the test says."""

from datetime import datetime

from shared.domain.estimate import Estimate
from shared.domain.ids import TenantId
from shared.domain.job import Job, JobHandle, JobOutcome, QueryJob
from shared.domain.table import Purpose, Table
from shared.ports import Warehouse


class FrozenWarehouse:
    """Warehouse whose jobs all end `at` one moment, so that the age of rows is the same each day."""

    def __init__(self, warehouse: Warehouse, *, at: datetime) -> None:
        self._warehouse = warehouse
        self._at = at

    def require_table(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        """Have the tenant's table as it is declared."""
        return self._warehouse.require_table(tenant_id, table, purpose=purpose, anew=anew)

    def created_at(self, tenant_id: TenantId, table: str) -> datetime | None:
        """When the tenant's table was made."""
        return self._warehouse.created_at(tenant_id, table)

    def estimate(self, job: QueryJob) -> Estimate:
        """What the job would read."""
        return self._warehouse.estimate(job)

    def submit(self, job: Job) -> JobHandle:
        """Submit the job."""
        return self._warehouse.submit(job)

    def find(self, handle: JobHandle) -> JobHandle | None:
        """The job, if it was ever submitted."""
        return self._warehouse.find(handle)

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        """What came of the job."""
        return self._warehouse.wait(handle, until=until).model_copy(update={"ended_at": self._at})

    def void(self, handle: JobHandle) -> bool:
        """Take the job's id."""
        return self._warehouse.void(handle)

    def cancel(self, handle: JobHandle) -> None:
        """Stop the job."""
        self._warehouse.cancel(handle)
