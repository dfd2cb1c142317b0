"""Sets Prefect up before it is loaded: quiet, no telemetry, and its own files in the workspace when no server is named."""

import os
from pathlib import Path

from pipelines.workspace import Workspace


def prepare(workspace: Path) -> None:
    """Settles Prefect's settings by environment variables; those that are set already stay as they are."""
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    if not has_server():
        # the command line tells what happens and how it fails; Prefect's own account would say it twice, with a traceback
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
        os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
        home = Workspace(workspace.expanduser().resolve()).prefect
        home.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_HOME", str(home))


def has_server() -> bool:
    """Whether a Prefect server is named."""
    return bool(os.environ.get("PREFECT_API_URL"))
