"""A PostgreSQL of the benches' own, as the tests have it: a commit does not wait for the disk.

What a disk adds is its own figure (docs/bench.md), and another one on each machine.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.database import PostgresTemplate
from tests.services import postgresql

# A bench lasts longer than a test: tables are looked after as they are in production.
LASTING = {**postgresql.QUICK, "autovacuum": "on"}

ENVIRONMENT = {
    "SITE_MODE": "demo",
    "SECRET_KEY": "only-for-benches-only-for-benches-only-for-it",
    "EXCHANGES": "sim=simulator://quiet",
    "RUN_SWITCHBOARD": "false",
    "LOG_LEVEL": "WARNING",
}


@contextmanager
def running(work: Path) -> Iterator[PostgresTemplate]:
    """Give a migrated database to copy from; the cluster is gone afterwards."""
    with patch.object(postgresql, "QUICK", LASTING):
        cluster = postgresql.start_cluster()
    try:
        environment: Mapping[str, str] = {**ENVIRONMENT, "INSTANCE_DIR": str(work / "template")}
        template = PostgresTemplate(cluster.admin_url, environment=environment)
        yield template
        template.close()
    finally:
        postgresql.stop_cluster(cluster)
