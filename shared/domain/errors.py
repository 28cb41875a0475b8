"""What can go wrong, by who has to act: the caller, the tenant's pipeline, or nobody but time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class FieldProblem:
    """One wrong field of a request. `pointer` is a JSON pointer (RFC 6901) into it, or a query parameter's name."""

    pointer: str
    detail: str


def json_pointer(*parts: str | int) -> str:
    """`/parameters/limit`; a name's own `~` and `/` are written `~0` and `~1` (RFC 6901, section 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class InvalidError(Exception):
    """The request or the configuration is wrong; nothing was recorded."""

    def __init__(
        self, message: str, *, code: str = "invalid_request", problems: tuple[FieldProblem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.problems = problems


class TwiceError(ValueError):
    """An id is there twice: `at` this path into a value, and before that at the one that is `beside` it.

    `{line}` in the message stands for where the other is.
    """

    def __init__(self, message: str, *, at: tuple[str | int, ...], beside: tuple[str | int, ...]) -> None:
        super().__init__(message.format(line="another place"))
        self._message = message
        self.at = at
        self.beside = beside

    def message(self, line: str) -> str:
        """What is wrong, for somebody who knows the line of the other place."""
        return self._message.format(line=line)


class UnauthorizedError(Exception):
    """Nobody knows who is calling."""


class ForbiddenError(Exception):
    """The caller is known and may not do this, or Google refused us."""


class NotFoundError(Exception):
    """What was asked for is not there, or is another tenant's."""


class PipelineNotFoundError(NotFoundError):
    """It is the pipeline that is not there."""

    def __init__(self) -> None:
        super().__init__("Pipeline not found")


class RunNotFoundError(NotFoundError):
    """It is the run that is not there, or is another tenant's."""


class ConflictError(Exception):
    """The request makes sense, but not any more. `run_id` names the run it is about."""

    def __init__(self, message: str, *, code: str = "conflict", run_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.run_id = run_id


@dataclass(frozen=True)
class Figures:
    """A tenant's limit that is reached: how much was used, how much more is asked for, and when it is free again."""

    limit: str
    used: int
    requested: int
    allowed: int
    ends_at: datetime


class TooManyError(Exception):
    """Nothing is wrong with the request, but more was asked for than is allowed in that time; nothing was recorded."""

    def __init__(
        self, message: str, *, code: str, retry_after_seconds: int, figures: Figures | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_seconds = retry_after_seconds
        self.figures = figures


class StepError(Exception):
    """The step failed for good; the message is for the tenant and holds no row's contents."""


class StatementError(StepError):
    """The SQL of a job is wrong, or met a value that it can't take. Another statement about the same rows may do."""


class OverspentError(StepError):
    """A query would bill more than a limit leaves; it was not carried out."""


TransientKind = Literal["conflict", "quota", "rate_limit", "stopped", "timeout", "unavailable"]
"""Why something failed that may succeed later: the words of a step's `retry.on`."""


class TransientError(Exception):
    """A call failed in a way that may succeed later, but not before `retry_after_seconds` where that is known."""

    def __init__(
        self, message: str, *, kind: TransientKind = "unavailable", retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after_seconds = retry_after_seconds


class NotYetError(TransientError):
    """It is too early: something else has to happen first, or to come into sight."""


class OutOfSightError(NotYetError):
    """What has to be known before going on could not be seen for too long."""


class AttemptError(TransientError):
    """An attempt at a step failed, and none of its jobs will change a table any more: another attempt may succeed."""


class LostTurnError(AttemptError):
    """BigQuery took back what the attempt was about to write, because others wrote the table at that moment."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="conflict")


class GivenUpError(AttemptError):
    """The attempt's job id was made void. Whoever did that knows why and records it, unless they died before."""

    def __init__(self, message: str = "The attempt was given up") -> None:
        super().__init__(message, kind="stopped")


class NotDirectlyError(GivenUpError):
    """BigQuery could not load a source's objects by itself. The next attempt reads them here."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"BigQuery could not load the objects by itself, so they are read here: {reason}")
        self.kind = "unavailable"


class StillRunningError(TransientError):
    """The job goes on, but the time of this call is up."""
