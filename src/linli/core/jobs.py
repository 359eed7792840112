"""Work that is due by the clock, and the delivery of events, run by Procrastinate on the same PostgreSQL."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from linli.core import clock, events, sql, work

log = logging.getLogger(__name__)
STALLED_SECONDS = 60  # workers say every 10 that they live


@dataclass(frozen=True)
class Job:
    """A piece of work that is due again and again; takes the moment, returns how many things it did."""

    name: str
    run: Callable[..., int]


jobs: dict[str, Job] = {}


def every(cron: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Run `function(at=...)` by a cron of five or six fields (seconds come last). One runs at a time, whatever the number of workers."""

    def register(function: Callable[..., int]) -> Callable[..., int]:
        name = f"{function.__module__.split('.')[1]}.{function.__name__}"
        jobs[name] = Job(name, function)

        def task(timestamp: int) -> None:
            if done := function(at=clock.now()):
                log.info("job %s did %s", name, done)

        app.periodic(cron=cron, periodic_id=name)(
            app.task(name=name, queue="jobs", lock=name, queueing_lock=name, pass_context=False)(task)
        )
        return function

    return register


def run_due(at: datetime) -> int:
    """Run every job once, and deliver events until all is quiet. Returns how much was done.

    A job that breaks down stops no other; when all have run, its error is raised.
    """
    total = 0
    errors: list[Exception] = []
    for _ in range(3):
        done, errors = events.deliver_all(), []
        for job in jobs.values():
            try:
                done += job.run(at=at)
            except Exception as error:
                errors.append(error)
        total += done
        if not done:
            break
    total += events.deliver_all()
    if errors:
        raise ExceptionGroup("jobs broke down", errors)
    return total


@app.task(name="core.deliver_events", queue="events", queueing_lock="core.deliver_events")
def deliver_events() -> None:
    """Deliver what was published, until all is quiet."""
    events.deliver_all()


@app.periodic(cron="* * * * * */2")
@app.task(name="core.sweep_events", queue="events", queueing_lock="core.sweep_events")
def sweep_events(timestamp: int) -> None:
    """Deliver what a crash between a commit and its wake-up left behind, and free the jobs of killed workers."""
    at = clock.now()
    events.deliver_all()
    events.retry_events(at=at)
    work.beat(at=at)
    sql.rows(
        """update procrastinate_jobs set status = 'failed' where status = 'doing' and not exists (
             select 1 from procrastinate_workers w where w.id = worker_id and w.last_heartbeat > now() - make_interval(secs => %s))""",
        (STALLED_SECONDS,),
    )


def wake_deliveries() -> None:
    """Ask a worker to deliver now; a request that is already waiting is enough."""
    try:
        deliver_events.defer()
    except AlreadyEnqueued:
        pass
    except Exception:
        # The event is safe in its table and the sweep will find it; the caller's work is already committed.
        log.exception("could not wake the workers")
        connection.close()
