"""Files that hold what was last agreed, byte for byte."""

import os
from pathlib import Path

import pytest

FILES = Path(__file__).parent / "golden" / "files"


def agreed(name: str, made: bytes) -> bytes:
    """What the file of that name holds; made: what it is compared with.

    After a change that is meant, RENEW_GOLDEN=1 writes the file anew, and fails so that nobody leaves it on.
    """
    file = FILES / name
    if os.environ.get("RENEW_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made)
        pytest.fail(f"{name} is renewed; look at the difference and run again without RENEW_GOLDEN")
    return file.read_bytes()
