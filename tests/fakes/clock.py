"""A clock that is set."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2025, 11, 15, 12, 0, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2025, 11, 15, 23, 59, 58, tzinfo=UTC)


class SetClock:
    """Stands still until it is told otherwise."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def sleep(self, pause: timedelta) -> None:
        """Let the time pass at once."""
        self.advance(max(pause, timedelta(0)))

    def advance(self, by: timedelta) -> None:
        self.moment += by
