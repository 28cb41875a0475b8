"""What the reading of a source may use."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.adapters.egress.gate import Gate
from shared.adapters.files.bucket_files import TenantBucketFiles
from shared.adapters.files.readable_file import Files
from shared.domain.parameter import ParameterValue
from shared.domain.progress import Memory
from shared.domain.row_fit import RowFit
from shared.ports import Secrets

FIRST_PAUSE_SECONDS = 0.5
"""How long an API is left alone before it is asked again, the first time."""


@dataclass(frozen=True)
class SourceAccess:
    """Whose source it is, what the run was given, and the ways out of here."""

    tenant_id: str
    parameters: tuple[ParameterValue, ...]
    look: Callable[[], None]
    """To be called where long may pass without a row; what it raises ends the reading."""
    own_files: Files
    """Those that a path without `gs://` names."""
    bucket_files: Files
    secrets: Secrets
    tenant_objects: TenantBucketFiles | None
    """Objects of buckets, to be looked at; None where there are none."""
    gate: Gate
    """Passed by every connection to what a tenant's configuration names."""
    first_pause_seconds: float
    memory: Memory | None = None
    """Of a source of which is remembered what was taken."""
    most_objects: int | None = None
    """How many objects BigQuery may load; where there are more, none needs to be looked at."""
    fit: RowFit | None = None
    """What rows must be, where those that are not are to be given as broken; without it they end the reading."""
