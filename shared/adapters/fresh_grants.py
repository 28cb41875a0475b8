"""Refusals that pass: what a tenant made just now may, Google's servers learn within minutes.

A change of access takes two minutes as a rule and seven or more at times ("Access change propagation",
cloud.google.com/iam/docs/access-change-propagation).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from google.api_core import exceptions
from google.auth import exceptions as auth_exceptions

from shared.adapters.bounded_cache import BoundedCache
from shared.adapters.google_errors import translated
from shared.adapters.short_queries import CALL_SECONDS, bounded_retry
from shared.domain.errors import ForbiddenError, NotYetError, StepError
from shared.domain.ids import TenantId
from shared.ports import Clock

if TYPE_CHECKING:
    from google.cloud import bigquery

SPREAD = timedelta(minutes=15)
"""For how long after a tenant's dataset was made a refusal is taken to pass."""
_PAUSE_SECONDS = 20
_MOST_TENANTS = 1000
_REFUSALS = (exceptions.Forbidden, auth_exceptions.RefreshError)


class FreshGrants:
    """Tells the refusals of a young tenant, which pass, from those that are for good."""

    def __init__(self, made_at: Callable[[TenantId], datetime | None], *, clock: Clock) -> None:
        """`made_at` gives when a tenant's dataset was made, or None where even that may not be seen."""
        self._made_at = made_at
        self._clock = clock
        self._first_refusals: BoundedCache[TenantId, datetime] = BoundedCache(heaviest=_MOST_TENANTS)

    @contextmanager
    def awaited(self, tenant_id: TenantId) -> Iterator[None]:
        """Turn what Google's refusal caused into a NotYetError, which ends no attempt, while the tenant is young."""
        try:
            yield
        except (ForbiddenError, StepError) as error:
            if not isinstance(error.__cause__, _REFUSALS) or not self.is_young(tenant_id):
                raise
            told = f"{error}; what a new tenant may takes some minutes to be known"
            raise NotYetError(told, retry_after_seconds=_PAUSE_SECONDS) from error

    def is_young(self, tenant_id: TenantId) -> bool:
        """Whether what Google refuses the tenant may pass. Raises TransientError where that can't be found out."""
        now = self._clock.now()
        since = self._made_at(tenant_id)
        if since is None:
            # That it may not be seen may itself be a grant that is on its way.
            since = self._first_refusals.find(tenant_id) or now
            self._first_refusals.keep(tenant_id, since, weight=1)
        return now - since < SPREAD


def dataset_made_at(
    client_of: "Callable[[TenantId], bigquery.Client]", tenant_id: TenantId
) -> datetime | None:
    """When the tenant's dataset was made, asked as the tenant; None where it is not there or may not be seen."""
    client = client_of(tenant_id)
    try:
        with translated(f"look up dataset {tenant_id}", request_is_valid=True):
            dataset = client.get_dataset(
                f"{client.project}.{tenant_id}", retry=bounded_retry(), timeout=CALL_SECONDS
            )
    except ForbiddenError:
        return None
    made_at: datetime | None = dataset.created
    return made_at
