"""Jobs of a worker that was killed do not stay locked for ever."""

import pytest

from linli.core import sql
from linli.core.jobs import sweep_events


@pytest.mark.django_db
def test_a_killed_workers_job_is_freed() -> None:
    sql.rows(
        "insert into procrastinate_workers (id, last_heartbeat) overriding system value values (7, now()), (8, now() - interval '5 minutes')"
    )
    sql.rows(
        """insert into procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)
           values ('jobs', 'a', 'a', '{}', 'doing', 7), ('jobs', 'b', 'b', '{}', 'doing', 8), ('jobs', 'c', 'c', '{}', 'doing', null)"""
    )
    sweep_events(0)
    rows = sql.rows("select task_name, status::text as status from procrastinate_jobs order by task_name")
    assert [(row.task_name, row.status) for row in rows] == [("a", "doing"), ("b", "failed"), ("c", "failed")]
