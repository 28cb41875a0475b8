"""What goes wrong in a schedule, and how often: drawn anew for each, so that each is bad in its own way."""

import random
from dataclasses import dataclass, fields, replace

_QUICK = (0.0, 0.001, 0.01, 0.05)
_SLOW = (0.001, 0.05, 0.5, 2.0, 20.0)

_RATES = {
    "kill": (0.01, 0.03, 0.1),
    "lost_request": (0.01, 0.05, 0.2),
    "lost_answer": (0.01, 0.05, 0.2),
    "forbidden": (0.01, 0.05),
    "pause": (0.01, 0.05),
    "duplicate": (0.05, 0.3),
    "lost_message": (0.02, 0.2),
    "late_message": (0.1, 0.4),
    "job_passing": (0.05, 0.3, 0.6),
    "job_failing": (0.05, 0.2),
    "job_refused": (0.03, 0.2),
    "slow_job": (0.1, 0.5),
    "late_cancel": (0.3, 1.0),
    "rule_broken": (0.1, 0.4),
    "source_passing": (0.1, 0.4),
    "source_failing": (0.05, 0.3),
    "source_breaking": (0.05, 0.3),
    "slow_source": (0.1, 0.4, 0.8),
    "late_answer": (0.3, 1.0),
    "objects_changing": (0.1, 0.5),
    "objects_unlike": (0.1, 0.5),
}


@dataclass(frozen=True)
class Faults:
    """Rates from 0 to 1, each of one kind of trouble; `lag` and `skew` are the most seconds of it."""

    kill: float = 0.0
    lost_request: float = 0.0
    lost_answer: float = 0.0
    forbidden: float = 0.0
    pause: float = 0.0
    duplicate: float = 0.0
    lost_message: float = 0.0
    late_message: float = 0.0
    job_passing: float = 0.0
    job_failing: float = 0.0
    job_refused: float = 0.0
    slow_job: float = 0.0
    late_cancel: float = 0.0
    rule_broken: float = 0.0
    source_passing: float = 0.0
    source_failing: float = 0.0
    source_breaking: float = 0.0
    slow_source: float = 0.0
    late_answer: float = 0.0
    objects_changing: float = 0.0
    objects_unlike: float = 0.0
    lag: float = 0.0
    skew: float = 0.0
    is_slow: bool = False

    @staticmethod
    def drawn(rng: random.Random) -> "Faults":
        """About a third of all troubles, at rates of their own."""
        share = rng.choice((0.15, 0.35, 0.6))
        rates = {name: rng.choice(rates) for name, rates in _RATES.items() if rng.random() < share}
        return Faults(
            **rates,
            lag=rng.choice((0.0, 1.0, 10.0, 60.0, 60.0)),
            skew=rng.choice((0.0, 0.0, 0.2, 5.0)),
            is_slow=rng.random() < 0.4,
        )

    def calm(self) -> "Faults":
        """The same world when nothing goes wrong any more; the log may still lag."""
        return replace(Faults(), lag=self.lag)

    @property
    def told(self) -> str:
        """Those that are not at rest."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return ", ".join(f"{name} {value}" for name, value in values.items() if value)

    def latency(self, rng: random.Random) -> float:
        """How long a call takes one way, in seconds."""
        return rng.choice(_SLOW if self.is_slow else _QUICK)
