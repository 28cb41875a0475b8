"""Requests to do something, and what to make of them."""

from enum import Enum
from typing import Literal

from shared.domain.event import Event, RunQueued
from shared.domain.ids import RunId, TenantId
from shared.domain.model import Model


class RunStep(Model):
    """Carry out one step. `facts` are the run's events so far, so that a chain never waits for the log."""

    command: Literal["RunStep"] = "RunStep"
    tenant_id: TenantId
    run_id: RunId
    step_id: str
    facts: tuple[Event, ...]

    @property
    def is_of_one_run(self) -> bool:
        """Whether every fact is one of the command's run, and its plan is for the command's tenant."""
        return all(
            (fact.run_id, fact.tenant_id) == (self.run_id, self.tenant_id)
            and (not isinstance(fact, RunQueued) or fact.plan.tenant_id == self.tenant_id)
            for fact in self.facts
        )


class Stance(Enum):
    """What to make of a command given the facts in sight."""

    DO = "do"
    SKIP = "skip"
    WAIT = "wait"
