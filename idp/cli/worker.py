"""`idp worker`: the background worker as a process of its own. Any number may run beside any number of servers."""

import click

from idp import background, logs
from idp.cli import configured, provider
from idp.cli.stop_signals import StopSignals

_log = logs.get(__name__)


@click.command("worker")
def command() -> None:
    """Deliver messages and do background work until stopped (SIGTERM, Ctrl-C); what is under way ends first."""
    configured.load_for_service()
    with provider.running() as app:
        worker = background.worker(app)
        StopSignals().call(worker.ask_to_stop)
        _log.info("worker started")
        worker.run()
        _log.info("worker stopped")
