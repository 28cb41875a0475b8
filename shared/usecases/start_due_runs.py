"""Start the pipelines whose schedule has come, where one call a minute takes the place of a job for each of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.config.cron import is_due
from shared.domain.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotYetError,
    TooManyError,
    TransientError,
)
from shared.domain.schedule import ScheduledPipeline, schedule_key
from shared.log import Severity, kind_and_place
from shared.log import log as log_line
from shared.ports import Clock, Configs, EventLog, Publisher, Tables
from shared.usecases.start_run import start_run

START_BUDGET = timedelta(seconds=240)
"""How long one call goes on. Called again for the same minute, it goes on with those that have not started."""


@dataclass
class Due:
    """How many of the pipelines that are due were started, can't be started as their files are, are not started
    because a limit of their tenant's day is reached, and could not be started just now.
    """

    started: int = 0
    refused: int = 0
    limited: int = 0
    delayed: int = 0


def start_due_runs(
    minute: datetime,
    *,
    log: EventLog,
    publisher: Publisher,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> Due:
    """What came of every pipeline that is due in this minute.

    It keeps nothing: a run's id is made of the job's name and the minute, as if the pipeline had a Cloud Scheduler job
    of its own, so whatever is called twice starts nothing twice. Raises InvalidError where the schedules can't be read,
    NotYetError where the time of a call does not suffice: then it wants to be called again.
    """
    began, due = clock.now(), Due()
    for each in configs.load_schedules():
        if clock.now() - began >= START_BUDGET:
            raise NotYetError("More pipelines are due than one call can start", retry_after_seconds=1)
        try:
            if not is_due(each.cron, each.timezone, minute):
                continue
            _start(each, minute, log=log, publisher=publisher, tables=tables, configs=configs, clock=clock)
            due.started += 1
        except (InvalidError, NotFoundError) as error:
            due.refused += 1
            _say(each, str(error))
        except TooManyError as error:
            # Not before the day ends, and then the next time has come: to call again would only cost.
            due.limited += 1
            _say(each, str(error), severity="WARNING")
        except (TransientError, ForbiddenError) as error:
            due.delayed += 1
            _say(each, str(error))
        except Exception as error:  # noqa: BLE001 - where what nobody foresaw ends for one pipeline
            # A boundary as the web's is: one tenant's trouble must not keep all others' pipelines from starting.
            due.delayed += 1
            _say(each, kind_and_place(error))
    return due


def _start(
    each: ScheduledPipeline,
    minute: datetime,
    *,
    log: EventLog,
    publisher: Publisher,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> None:
    key = schedule_key(each.job, minute, now=clock.now())
    start_run(
        each.address,
        {},
        trigger="schedule",
        triggered_by=f"schedule {each.job}",
        key=key.text,
        key_day=key.day,
        log=log,
        publisher=publisher,
        tables=tables,
        configs=configs,
        clock=clock,
    )


def _say(each: ScheduledPipeline, reason: str, *, severity: Severity = "ERROR") -> None:
    # A configuration's message lists all problems; the first one tells where to look.
    log_line(
        "due_run_not_started",
        severity=severity,
        tenant_id=each.tenant,
        pipeline_id=each.address.pipeline_id,
        reason=reason.partition("\n")[0],
    )
