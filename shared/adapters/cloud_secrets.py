"""Secrets in Secret Manager: `<tenant>_<name>`, the latest version, read as the tenant."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from google.api_core import exceptions

from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_errors import transience_in, translated
from shared.domain.errors import StepError, TransientError
from shared.domain.ids import TenantId
from shared.domain.tenant_account import tenant_account
from shared.domain.tenant_secret import secret_id

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient, SecretPayload

_PATIENCE_SECONDS = 20.0
"""A step that can't read its secrets has used up an attempt after that."""


class CloudSecrets:
    """Asks each time a secret is needed. Nothing is kept: a new value counts at once, and none outlives its use."""

    def __init__(
        self,
        *,
        project: str,
        credentials: "Callable[[TenantId], Credentials]",
        grants: FreshGrants,
        connect: "Callable[[Credentials], SecretManagerServiceClient] | None" = None,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        """`credentials` gives those of a tenant's account, `connect` a client that uses them.

        `patience_seconds` is for how long a secret is asked for, repetitions included.
        """
        self._project = project
        self._credentials = credentials
        self._grants = grants
        self._connect = connect or _connect
        self._patience_seconds = patience_seconds

    def load(self, tenant_id: TenantId, name: str) -> str:
        """The secret's latest value without white space around it.

        Raises StepError where there is none or it may not be read, saying what the tenant's operator has to run;
        NotYetError where a young tenant may not read it.
        """
        with self._grants.awaited(tenant_id), translated(f"read secret '{name}'"):
            try:
                payload = self._payload(tenant_id, name)
            except exceptions.NotFound as error:
                raise self._no_value(tenant_id, name) from error
            except exceptions.FailedPrecondition as error:
                # The latest version is disabled or destroyed ("Access a secret version",
                # cloud.google.com/secret-manager/docs/access-secret-version).
                raise self._no_value(tenant_id, name) from error
            except exceptions.Forbidden as error:
                if transience_in(error):
                    raise
                raise self._refused(tenant_id, name) from error
        return _text(payload, name)

    def _payload(self, tenant_id: TenantId, name: str) -> "SecretPayload":
        from google.api_core.retry import Retry, if_exception_type
        from google.auth.transport.requests import Request

        path = f"projects/{self._project}/secrets/{secret_id(tenant_id, name)}/versions/latest"
        retry = Retry(
            if_exception_type(exceptions.ServiceUnavailable, exceptions.ResourceExhausted),
            initial=0.5,
            timeout=self._patience_seconds,
        )
        credentials = self._credentials(tenant_id)
        if not credentials.valid:
            # Not left to gRPC, which takes a token that is refused for an outage and says why to the tenant.
            credentials.refresh(Request())  # type: ignore[no-untyped-call]
        with self._connect(credentials) as client:
            answer = client.access_secret_version(name=path, retry=retry, timeout=self._patience_seconds)
        return answer.payload

    def _no_value(self, tenant_id: TenantId, name: str) -> StepError:
        return StepError(
            f"Secret '{name}' has no value that can be used. Add one: gcloud secrets versions add "
            f"{secret_id(tenant_id, name)} --project={self._project} --data-file=-"
        )

    def _refused(self, tenant_id: TenantId, name: str) -> StepError:
        # Who may read nothing is not told whether the secret is there.
        account = tenant_account(tenant_id, project=self._project)
        return StepError(
            f"Secret '{name}' is needed: there is no secret {secret_id(tenant_id, name)}, or the tenant's service "
            f"account {account} may not read it (roles/secretmanager.secretAccessor)"
        )


def _connect(credentials: "Credentials") -> "SecretManagerServiceClient":
    # Slow to import, and only needed where a source has a secret.
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

    return SecretManagerServiceClient(credentials=credentials)


def _text(payload: "SecretPayload", name: str) -> str:
    import google_crc32c

    # A version that was added before Secret Manager kept checksums has none.
    if "data_crc32c" in payload and google_crc32c.value(payload.data) != payload.data_crc32c:
        raise TransientError(f"Secret '{name}' arrived damaged")
    try:
        return payload.data.decode("utf-8").strip()
    except UnicodeDecodeError:
        # Without its cause, which holds the value.
        raise StepError(f"Secret '{name}' is not UTF-8 text") from None
