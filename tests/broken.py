"""A compiled module with a bug planted in it, run as plain Python, for tests that must notice the bug."""

import sys
from pathlib import Path
from types import ModuleType

import pytest


def broken(module: ModuleType, bug: tuple[str, str], patch: pytest.MonkeyPatch) -> ModuleType:
    """A copy of the module in which the first text of the bug, which must be there, is replaced by the second."""
    right, wrong = bug
    assert module.__file__ is not None
    source = Path(module.__file__).read_text("utf-8")
    assert right in source, "the rule has moved; plant the bug where it is now"
    copy = ModuleType(f"broken_{module.__name__.rpartition('.')[2]}")
    patch.setitem(sys.modules, copy.__name__, copy)
    slow = source.replace(right, wrong)
    slow = slow.replace("from numba import njit", "njit = lambda **_: lambda function: function")
    exec(compile(slow, copy.__name__, "exec"), vars(copy))
    return copy
