"""The plans of two trees of configuration files, held against each other pipeline by pipeline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shared.config.folder import Folder
from shared.config.kept_documents import KeptDocuments
from shared.config.problem import ConfigError
from shared.config.reading import Reading
from shared.config.recipe import read_recipe
from shared.config.recorded_folder import Answers, RecordedFolder
from shared.config.tenant_folder import addresses
from shared.domain.default_plan import default_plan
from shared.domain.egress import Egress
from shared.domain.errors import InvalidError
from shared.domain.pipeline import Address, Schedule
from shared.domain.plan import Plan
from shared.domain.plan_difference import Change, changes, plan_changes

_LABEL = "configs"
"""What both sides are called in problems, so that the same mistakes are the same."""

Outcome = Literal["changed", "added", "removed", "broken", "mended"]


@dataclass(frozen=True)
class Compiled:
    """What a pipeline's files make: a plan, or what is wrong with them; and what was read for it."""

    answers: Answers
    plan: Plan | None = None
    schedule: Schedule | None = None
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A pipeline of which the two sides make something else."""

    address: Address
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    wrong: tuple[str, ...] = ()
    """What is wrong where it is broken, or was."""
    steps: tuple[str, ...] = ()
    """What it does where it is added, or did."""


@dataclass
class Side:
    """One tree of files. Each is read once, however many pipelines need it."""

    folder: Folder
    egress: Egress
    today: date
    kept: KeptDocuments = field(default_factory=KeptDocuments)

    def __post_init__(self) -> None:
        self.folder = RecordedFolder(self.folder)

    def addresses(self, tenant_id: str) -> tuple[Address, ...]:
        """The tenant's pipelines; none where it is no tenant."""
        if self.folder.read(f"{tenant_id}/tenant.yml") is None:
            return ()
        return tuple(addresses(self.folder, tenant_id))

    def compile(self, address: Address) -> Compiled:
        """What a run of the pipeline would do now, with its parameters at their defaults."""
        recorded = RecordedFolder(self.folder)
        recorded.label = _LABEL
        reading = Reading(recorded, address.tenant_id, self.egress, kept=self.kept)
        try:
            recipe = read_recipe(reading, address)
            plan = default_plan(recipe, today=self.today)
        except ConfigError as error:
            problems = tuple(str(each).removeprefix(f"{_LABEL}/") for each in sorted(error.problems))
            return Compiled(recorded.answers, wrong=problems)
        except InvalidError as error:
            problems = tuple(f"{each.pointer}: {each.detail}" for each in error.problems)
            return Compiled(recorded.answers, wrong=problems)
        return Compiled(recorded.answers, plan, recipe.pipeline.schedule)


def differences(before: Side, now: Side, tenants: Iterable[str]) -> Iterator[Difference | Address]:
    """Pipeline by pipeline what differs; an address alone where nothing does."""
    for tenant_id in tenants:
        then, later = before.addresses(tenant_id), now.addresses(tenant_id)
        for address in sorted({*then, *later}, key=lambda each: each.text):
            if address not in later:
                yield _alone(address, "removed", before.compile(address))
            elif address not in then:
                yield _alone(address, "added", now.compile(address))
            else:
                yield _difference(address, before, now) or address


def _difference(address: Address, before: Side, now: Side) -> Difference | None:
    later = now.compile(address)
    # What reads the same is the same, and most do.
    if later.answers.are_those_of(before.folder):
        return None
    then = before.compile(address)
    if later.plan is None:
        return None if then.wrong == later.wrong else Difference(address, "broken", wrong=later.wrong)
    if then.plan is None:
        return Difference(address, "mended", wrong=then.wrong)
    found = (*plan_changes(then.plan, later.plan), *_schedule_changes(then.schedule, later.schedule))
    return Difference(address, "changed", found) if found else None


def _schedule_changes(before: Schedule | None, now: Schedule | None) -> Iterator[Change]:
    then, later = (None if each is None else each.model_dump(mode="json") for each in (before, now))
    return changes(then, later, "schedule")


def _alone(address: Address, outcome: Outcome, compiled: Compiled) -> Difference:
    steps = () if compiled.plan is None else tuple(f"{step.type} {step.id}" for step in compiled.plan.steps)
    return Difference(address, outcome, wrong=compiled.wrong, steps=steps)
