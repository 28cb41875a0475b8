"""The tenants' tables, looked at and mended by each tenant's own account, as its jobs are."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.adapters.bounded_cache import BoundedCache
from shared.adapters.google_errors import summary, transience_in, translated
from shared.adapters.table_growth import make_or_grow
from shared.domain.errors import ConflictError, NotFoundError, StepError
from shared.domain.ids import TenantId
from shared.domain.table import Purpose, Table
from shared.log import log

if TYPE_CHECKING:
    from google.cloud import bigquery

_MOST_KEPT = 10_000
"""Of how many tables one instance remembers that they are as they are declared."""


class TenantTables:
    """Looks at a table once an instance, and again only when something about it may have changed."""

    def __init__(self, client_of: "Callable[[TenantId], bigquery.Client]") -> None:
        self._client_of = client_of
        self._sound: BoundedCache[tuple[TenantId, str, Purpose], Table] = BoundedCache(heaviest=_MOST_KEPT)

    def require(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        """Have the table as it is declared; whether anything had to be done. `anew` trusts no earlier look.

        Raises StepError naming what only a person can mend.
        """
        key = (tenant_id, table.name, purpose)
        if not anew and self._sound.find(key) == table:
            return False
        self._sound.forget(key)
        was_mended = self._mend(tenant_id, table, purpose=purpose)
        self._sound.keep(key, table, weight=1)
        return was_mended

    def _mend(self, tenant_id: TenantId, table: Table, *, purpose: Purpose) -> bool:
        from google.api_core.exceptions import BadRequest, Forbidden

        client = self._client_of(tenant_id)
        name = f"{client.project}.{tenant_id}.{table.name}"
        with translated(f"create or extend table {tenant_id}.{table.name}"):
            try:
                was_mended = make_or_grow(client, name, table, purpose=purpose)
            except ConflictError as error:
                raise StepError(str(error)) from error
            except NotFoundError as error:
                raise StepError(f"{error}: it was there when the run was accepted") from error
            except BadRequest as error:
                raise StepError(f"Table {tenant_id}.{table.name} can't be mended: {error.message}") from error
            except Forbidden as error:
                if transience_in(error):
                    raise
                # Whoever may use a table need not be let look at it or change it: its job tells whether it will do.
                log("table_out_of_sight", severity="WARNING", table=table.name, reason=summary(error))
                return False
        if was_mended:
            log("table_mended", tenant_id=tenant_id, table=table.name)
        return was_mended
