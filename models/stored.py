"""Keeps what was read out of a model's text beside it, so that it is read once a training and not again every night."""

from collections.abc import Iterable
from dataclasses import fields
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bins import Channels
from models.fast import FastForest, Leaves
from models.forest import Forest
from models.leaf_groups import Groups
from models.paths import Paths

Arrays = dict[str, NDArray[Any]]
FOREST = [field.name for field in fields(Forest)]


def stored(fast: FastForest) -> bytes:
    """A model as it was read: arrays of numbers as numpy's npz, which holds nothing that could run; the same model gives the same bytes."""
    leaves = fast.leaves
    named: Arrays = {"channel": fast.channel, "cut": fast.cut}
    named |= {f"forest.{name}": np.asarray(getattr(fast.forest, name)) for name in FOREST}
    for part, found in (("channels", fast.channels), *leaves._asdict().items()):
        named |= {f"{part}.{name}": array for name, array in found._asdict().items()}
    with BytesIO() as file:
        np.savez_compressed(file, allow_pickle=False, **named)
        return file.getvalue()


def restored(data: bytes) -> FastForest:
    """The model that was stored. Raises KeyError, ValueError or zipfile.BadZipFile where there is none."""
    with np.load(BytesIO(data), allow_pickle=False) as file:
        arrays: Arrays = dict(file)

    def part(name: str, parts: Iterable[str]) -> Arrays:
        return {one: arrays[f"{name}.{one}"] for one in parts}

    columns, of_nodes = int(arrays["forest.columns"]), part("forest", [name for name in FOREST if name != "columns"])
    return FastForest(
        Forest(columns, **of_nodes),
        Channels(**part("channels", Channels._fields)),
        arrays["channel"],
        arrays["cut"],
        Leaves(
            Paths(**part("paths", Paths._fields)),
            Groups(**part("wide", Groups._fields)),
            Groups(**part("narrow", Groups._fields)),
        ),
    )
