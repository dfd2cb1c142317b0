"""Tells a full disk from other failures, however deep in other people's code it was met."""

import errno
from collections.abc import Iterator

FULL = (errno.ENOSPC, errno.EDQUOT)
WORDS = ("no space left on device", "disk quota exceeded", "database or disk is full")
SAYS = (
    "The disk is full. What stood before is whole, and nothing half-written was kept; make room on the disk of the workspace (or of the "
    "folder for temporary files) and run the same command again."
)


def is_full_disk(error: BaseException) -> bool:
    """Whether an error, or one that led to it, says that no room is left; libraries wrap it or only quote it."""
    return any(
        (isinstance(one, OSError) and one.errno in FULL) or any(words in str(one).lower() for words in WORDS)
        for one in _road(error)
    )


def _road(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    found: BaseException | None = error
    seen: set[int] = set()
    while found is not None and id(found) not in seen:
        yield found
        seen.add(id(found))
        found = found.__cause__ or found.__context__
