"""What runs, and when: the jobs of the night, the files they read and the lists they write."""

from importlib.util import find_spec
from pathlib import Path

_HOUSE = Path(__file__).resolve().parents[1]

# The floors have plain names, so another package called `models` could be run unseen instead of ours.
for _floor in ("configs", "features", "models"):
    _spec = find_spec(_floor)
    _found = Path(_spec.origin).resolve().parents[1] if _spec and _spec.origin else None
    if _found != _HOUSE:
        raise ImportError(
            f"funnelcast lies in {_HOUSE}, but Python finds its package '{_floor}' in {_found or 'no folder at all'}. "
            f"Start it as {_HOUSE}/.venv/bin/funnelcast. If you did, another package called '{_floor}' stands "
            f"in the way: run `make clean demo` in {_HOUSE}, or uninstall the other package."
        )
