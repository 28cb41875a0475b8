"""Errors in the shape Google's APIs give them."""

from __future__ import annotations

from typing import Any

STATUS_BY_REASON = {
    "invalid": 400,
    "invalidQuery": 400,
    "outOfRange": 400,
    "resourceInUse": 400,
    "bytesBilledLimitExceeded": 400,
    "stopped": 400,
    "accessDenied": 403,
    "notFound": 404,
    "duplicate": 409,
    "conditionNotMet": 412,
    "notImplemented": 501,
    "internalError": 500,
    "backendError": 503,
}
_CODE_BY_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A request BigQuery would refuse. `reason` is one of its documented error reasons."""

    def __init__(self, reason: str, message: str, *, location: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.location = location

    @property
    def status(self) -> int:
        """The HTTP status that belongs to the reason."""
        return STATUS_BY_REASON.get(self.reason, 400)


def error_proto(error: ApiError) -> dict[str, Any]:
    """The `ErrorProto` that jobs carry in `status.errorResult`."""
    proto = {"reason": error.reason, "message": error.message}
    if error.location is not None:
        proto["location"] = error.location
    return proto


def error_body(error: ApiError) -> dict[str, Any]:
    """The JSON body of a refused request."""
    return {
        "error": {
            "code": error.status,
            "message": error.message,
            "errors": [{"domain": "global", **error_proto(error)}],
            "status": _CODE_BY_STATUS.get(error.status, "UNKNOWN"),
        }
    }
