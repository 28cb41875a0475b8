"""Those who ask for runs: they start, repeat, cancel, rerun, backfill, and ask again when they get no answer."""

from collections.abc import Callable
from datetime import timedelta

from shared.domain.errors import ConflictError, ForbiddenError, NotFoundError, TransientError
from shared.domain.event import BackfillPart, RunQueued
from shared.domain.ids import RunId, run_id_for_key
from shared.domain.pipeline import Recipe
from shared.domain.planning import plan
from shared.usecases.cancel_run import cancel_run
from shared.usecases.rerun_run import Configuration, rerun_run
from shared.usecases.start_run import start_or_wait, start_run
from tests.fakes.runs import folded
from tests.fakes.tables import MemoryTables
from tests.simulation.plans import TENANTS, SimulatedConfigs, draw_recipe
from tests.simulation.workers import Workers

_MOST_ASKED = 4


class Users:
    """Everything that is asked for in a schedule, drawn before it begins."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._timeline = timeline = workers.timeline
        rng = timeline.rng
        limits = {tenant_id: rng.choice((None, None, 1, 2)) for tenant_id in TENANTS}
        count = rng.choice((1, 1, 1, 1, 2, 2, 3))
        self._recipes = [self._recipe(f"p{number}", limits) for number in range(count)]
        self._configs = SimulatedConfigs({recipe.address.text: recipe for recipe in self._recipes})
        self._tables = MemoryTables(*TENANTS)
        self._pending = 0
        span = rng.choice((1.0, 30.0, 2000.0))
        for recipe in self._recipes:
            self._draw(recipe, rng.uniform(0.0, span))

    @property
    def is_idle(self) -> bool:
        return self._pending == 0

    def _recipe(self, name: str, limits: dict[str, int | None]) -> Recipe:
        rng = self._timeline.rng
        tenant_id = rng.choice(TENANTS)
        return draw_recipe(rng, tenant_id=tenant_id, limit=limits[tenant_id], name=name)

    def _draw(self, recipe: Recipe, begin: float) -> None:
        rng = self._timeline.rng
        if rng.random() < 0.15:
            self._later(begin, lambda: self._ask_for_backfill(recipe))
        else:
            self._later(begin, lambda: self._ask_for_start(recipe))
        if rng.random() < 0.15:
            self._later(begin + rng.choice((0.0, 0.02, 3.0, 400.0)), lambda: self._ask_for_start(recipe))
        while rng.random() < 0.3:
            self._later(begin + rng.choice((0.1, 1.0, 10.0, 100.0, 1000.0)), self._ask_for_cancel)
        while rng.random() < 0.25:
            self._later(begin + rng.choice((10.0, 100.0, 1000.0, 4000.0)), self._ask_for_rerun)

    def _later(self, when: float, ask: Callable[[], None]) -> None:
        self._pending += 1
        self._timeline.at(when, ask)

    def _ask_for_start(self, recipe: Recipe, asked: int = 1) -> None:
        self._ask("start", recipe.address.tenant_id, lambda: self._start(recipe, asked))

    def _start(self, recipe: Recipe, asked: int) -> None:
        workers = self._workers
        try:
            start_run(
                recipe.address,
                {},
                trigger="api",
                triggered_by="somebody",
                key="the one",
                log=workers.log,
                publisher=workers.topic,
                tables=self._tables,
                configs=self._configs,
                clock=workers.clock,
            )
        except (TransientError, ForbiddenError):
            self._timeline.say("gets no answer")
            if asked < _MOST_ASKED:
                self._later(self._timeline.now + 5.0, lambda: self._ask_for_start(recipe, asked + 1))

    def _ask_for_backfill(self, recipe: Recipe) -> None:
        self._ask("backfill", recipe.address.tenant_id, lambda: self._backfill(recipe))

    def _backfill(self, recipe: Recipe) -> None:
        workers, rng = self._workers, self._timeline.rng
        now = workers.clock.now()
        pipeline_id = recipe.address.pipeline_id
        ids = [run_id_for_key(pipeline=pipeline_id, key=f"part {n}", day=now.date()) for n in range(3)]
        part = BackfillPart(backfill_id=ids[0], concurrent_runs=rng.choice((1, 2)))
        queued = [
            RunQueued(
                tenant_id=recipe.address.tenant_id,
                pipeline_id=pipeline_id,
                run_id=run_id,
                occurred_at=now + timedelta(microseconds=number),
                trigger="backfill",
                triggered_by="somebody",
                request_hash=str(number),
                plan=plan(recipe, {}, today=now.date()),
                backfill=part,
            )
            for number, run_id in enumerate(ids[: rng.choice((2, 3))])
        ]
        try:
            workers.log.append(queued)
            for each in queued:
                start_or_wait(folded([each]), log=workers.log, publisher=workers.topic)
        except (TransientError, ForbiddenError):
            self._timeline.say("gets no answer")

    def _ask_for_cancel(self) -> None:
        run_id = self._any_run()
        if run_id is not None:
            tenant_id = self._workers.tenants_by_run[run_id]
            self._ask(f"cancel of {run_id[-6:]}", tenant_id, lambda: self._cancel(run_id))
        else:
            self._pending -= 1

    def _cancel(self, run_id: RunId) -> None:
        workers = self._workers
        # Whoever cancels a run starts nothing by its commands.
        self._timeline.task.run_id = run_id
        try:
            cancel_run(
                run_id,
                tenant_id=workers.tenants_by_run[run_id],
                cancelled_by="somebody",
                log=workers.log,
                publisher=workers.topic,
                clock=workers.clock,
            )
        except (TransientError, ForbiddenError, NotFoundError, ConflictError) as error:
            self._timeline.say(f"is refused: {error}")
        else:
            self._timeline.count["cancels"] += 1

    def _ask_for_rerun(self) -> None:
        run_id = self._any_run()
        if run_id is not None:
            self._ask_for_rest(run_id)
        else:
            self._pending -= 1

    def _ask_for_rest(self, run_id: RunId) -> None:
        tenant_id = self._workers.tenants_by_run[run_id]
        # The files don't change, so both do the same; but not together.
        configuration: Configuration = self._timeline.rng.choice(("recorded", "recorded", "current"))
        name = f"rerun of {run_id[-6:]} ({configuration})"
        self._ask(name, tenant_id, lambda: self._rerun(run_id, configuration))

    def ask_for_rest(self, run_id: RunId) -> None:
        """Have the rest of a run done now."""
        self._later(self._timeline.now, lambda: self._ask_for_rest(run_id))

    def _rerun(self, run_id: RunId, configuration: Configuration) -> None:
        workers = self._workers
        try:
            rerun_run(
                run_id,
                start="failed",
                configuration=configuration,
                tenant_id=workers.tenants_by_run[run_id],
                trigger="api",
                triggered_by="somebody",
                log=workers.log,
                publisher=workers.topic,
                tables=self._tables,
                configs=self._configs,
                clock=workers.clock,
            )
        except (TransientError, ForbiddenError, NotFoundError, ConflictError) as error:
            self._timeline.say(f"is refused: {error}")
        else:
            self._timeline.count["reruns"] += 1

    def _any_run(self) -> RunId | None:
        run_ids = sorted(self._workers.log.queued)
        return self._timeline.rng.choice(run_ids) if run_ids else None

    def _ask(self, name: str, tenant_id: str, work: Callable[[], None]) -> None:
        self._pending -= 1
        self._workers.begin(name, tenant_id, work)
