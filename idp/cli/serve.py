"""`idp serve`: the provider over HTTP, in as many processes and threads as the settings say.

The first process also runs the background worker when `serving.worker_inside` is on; should it die, its
successor does. This process itself stays small: the provider is imported where it serves.
"""

import importlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idp import logs
from idp.cli import configured, granian_server
from idp.keys import master_key
from idp.keys.master_key import MasterKeyError

if TYPE_CHECKING:
    from idp.cli import serving_process

_log = logs.get(__name__)


@click.command("serve")
@click.option("--host", help="Instead of serving.host.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Instead of serving.port.")
@click.option("--workers", type=click.IntRange(1, 64), help="Instead of serving.workers.")
def command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the provider until stopped (SIGTERM, Ctrl-C); requests under way are finished first."""
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"IDP_SERVING__{name}"] = str(value)
    settings = configured.load_for_service()
    try:
        master_key.load(Path(settings.master_key_file))
    except MasterKeyError as error:
        raise click.ClickException(str(error)) from error
    serving = settings.serving
    directory = Path(tempfile.mkdtemp(prefix="tongxing-serve-"))
    if serving.workers > 1:
        # Read by prometheus_client when it is imported, which is after the fork.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    _log.info(
        "serving",
        issuer=settings.issuer,
        at=f"{serving.host}:{serving.port}",
        workers=serving.workers,
        threads=serving.threads,
        sandbox=settings.sandbox,
    )
    lock = directory / "worker.lock" if serving.worker_inside else None
    processes: list[serving_process.Process] = []  # one, in the process that serves

    def begin() -> granian_server.WSGI:
        module = importlib.import_module("idp.cli.serving_process")
        processes.append(module.Process(lock))
        return processes[0].begin()

    def end() -> None:
        for process in processes:
            process.end()

    try:
        granian_server.serve(
            begin,
            host=serving.host,
            port=serving.port,
            workers=serving.workers,
            threads=serving.threads,
            close=end,
        )
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        _log.info("stopped")
