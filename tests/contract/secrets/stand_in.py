"""Secret Manager: AccessSecretVersion over gRPC, for the real client."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

import google_crc32c
import grpc
from google.auth.credentials import Credentials
from google.auth.transport.grpc import AuthMetadataPlugin
from google.auth.transport.requests import Request
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)
from google.cloud.secretmanager_v1.types import AccessSecretVersionRequest, AccessSecretVersionResponse

_LOCAL = grpc.LocalConnectionType.UDS


@dataclass
class SecretStandIn:
    """Values by the name of a version, and who may read each: the account's token has to be its `readers`'."""

    folder: Path
    values: dict[str, bytes] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    fail_with: list[tuple[grpc.StatusCode, str]] = field(default_factory=list)
    """What the next answers are instead."""
    delay_seconds: float = 0.0
    checksum: Callable[[bytes], int | None] = google_crc32c.value
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._address = f"unix:{self.folder}/secrets.sock"
        method = grpc.unary_unary_rpc_method_handler(
            self._access, AccessSecretVersionRequest.deserialize, AccessSecretVersionResponse.serialize
        )
        name = "google.cloud.secretmanager.v1.SecretManagerService"
        self._server = grpc.server(ThreadPoolExecutor(4))
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(name, {"AccessSecretVersion": method}),)
        )
        self._server.add_secure_port(self._address, grpc.local_server_credentials(_LOCAL))
        self._server.start()

    def connect(self, credentials: Credentials) -> SecretManagerServiceClient:
        """The real client, on the way to here instead of to Google."""
        token = grpc.metadata_call_credentials(AuthMetadataPlugin(credentials, Request()))
        both = grpc.composite_channel_credentials(grpc.local_channel_credentials(_LOCAL), token)
        channel = grpc.secure_channel(self._address, both)
        return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))

    def close(self) -> None:
        self._server.stop(None).wait()

    def _access(
        self, request: AccessSecretVersionRequest, context: grpc.ServicerContext
    ) -> AccessSecretVersionResponse:
        self.asked.append(request.name)
        sleep(self.delay_seconds)
        if self.fail_with:
            context.abort(*self.fail_with.pop(0))
        who = dict(context.invocation_metadata())["authorization"]
        # As Google does it: who may not read is not told whether there is anything.
        if who != f"Bearer {self.readers.get(request.name)}":
            context.abort(
                grpc.StatusCode.PERMISSION_DENIED,
                f"Permission 'secretmanager.versions.access' denied for '{request.name}' (or it may not exist).",
            )
        if request.name not in self.values:
            context.abort(grpc.StatusCode.NOT_FOUND, "Secret Version [latest] not found.")
        answer = AccessSecretVersionResponse(name=request.name)
        answer.payload.data = self.values[request.name]
        checksum = self.checksum(self.values[request.name])
        if checksum is not None:
            answer.payload.data_crc32c = checksum
        return answer
