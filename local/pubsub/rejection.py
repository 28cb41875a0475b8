"""Why a call is refused, in Google's status codes and much like Google's words."""

import grpc


class RejectedError(Exception):
    """A call that can't be carried out; becomes the status of the gRPC answer."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def not_found(name: str) -> RejectedError:
    return RejectedError(grpc.StatusCode.NOT_FOUND, f"Resource not found (resource={name}).")


def already_exists(name: str) -> RejectedError:
    return RejectedError(
        grpc.StatusCode.ALREADY_EXISTS, f"Resource already exists in the project (resource={name})."
    )


def invalid(message: str) -> RejectedError:
    return RejectedError(grpc.StatusCode.INVALID_ARGUMENT, message)


def unsupported(feature: str) -> RejectedError:
    """Refuse what Google has and this stand-in lacks: silence would let a test pass for the wrong reason."""
    return RejectedError(
        grpc.StatusCode.UNIMPLEMENTED, f"The local Pub/Sub stand-in does not support {feature}."
    )
