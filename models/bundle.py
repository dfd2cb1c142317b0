"""What a training leaves behind: the models of all heads as plain text, and what they were made from."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

from configs.errors import FunnelcastError
from configs.project import HeadName
from models.calibrate import Calibrator, calibrator_from
from models.fast import FastForest, read_fast
from models.heads import Head
from models.honesty import UNTRIED, Honesty
from models.ladder import Step
from models.regression import Logistic
from models.rivals.served import Served, from_json, logistic_from
from models.spread import UNKNOWN, Spread
from models.stored import restored, stored

FORMAT = 3
INDEX = "bundle.json"


@dataclass(frozen=True)
class HeadModel:
    """One head's trees (LightGBM text), the regression that they correct, how their margins become chances, and what they learned from.

    columns: the feature columns in the order of the trees' and the regression's inputs. trained_from, trained_to: first and last as_of (UTC
    without zone) learned from. rows, yes: how many snapshots, and how many of them with the outcome yes. is_fast: whether the compiled
    trees of models.fast gave LightGBM's answers on rows learned from (models.agreement). start: None for trees that stand alone. served:
    what stands in place of both, which are empty then, where the head has not climbed to them (models.ladder). honesty: how the chances of
    a model made the same way did on weeks that it had not seen. spread: how far true chances may lie from those it says. read: the trees as
    they were read at training, None where they are to be read from their text.
    """

    head: Head
    booster: str
    calibrator: Calibrator
    columns: tuple[str, ...]
    trees: int
    trained_from: datetime
    trained_to: datetime
    rows: int
    yes: int
    is_fast: bool = False
    start: Logistic | None = None
    served: Served | None = None
    honesty: Honesty = UNTRIED
    spread: Spread = UNKNOWN
    read: FastForest | None = field(default=None, compare=False, repr=False)

    @property
    def step(self) -> Step:
        """The step of the ladder that it stands on."""
        return "model" if self.served is None else self.served.name

    @property
    def fast(self) -> FastForest:
        """The trees for adding up and explaining. Raises models.forest.UnreadableForest."""
        return self.read or read_fast(self.booster)

    @cached_property
    def leaves(self) -> int:
        """How many leaves the trees have together."""
        return sum(map(int, re.findall(r"^num_leaves=(\d+)$", self.booster, re.MULTILINE)))

    @property
    def base_rate(self) -> float:
        """The share of yes among the rows learned from; 0 where there were none."""
        return self.yes / max(self.rows, 1)


@dataclass(frozen=True)
class Origin:
    """Whose bundle it is: project, funnel and the fingerprint of the features."""

    project: str
    funnel: str
    fingerprint: str


@dataclass(frozen=True)
class Bundle:
    """The models of all heads by name; no outcome window that they learned from ends after `trained_until` (UTC without zone)."""

    origin: Origin
    trained_until: datetime
    settings: Mapping[str, float | str]
    versions: Mapping[str, str]
    heads: Mapping[HeadName, HeadModel]


def outgrown(bundle: Bundle, fingerprint: str, heads: Sequence[Head]) -> str:
    """What a project asks for now that the bundle has not learned: features with another fingerprint, a head, or another horizon.

    As the end of a sentence about the model; empty where it can serve.
    """
    trained_on = bundle.origin.fingerprint
    if trained_on != fingerprint:
        return f"was trained on other features (fingerprint {trained_on}) than the project has now ({fingerprint})"
    for head in heads:
        learned = bundle.heads.get(head.name)
        if learned is None:
            return f"was trained without the head {head.name}, which the project has now"
        if learned.head.horizon_days != head.horizon_days:
            days = f"{learned.head.horizon_days} days ahead, and the project now asks for {head.horizon_days}"
            return f"was trained to look {days} ({head.name})"
    return ""


def check_serves(bundle: Bundle, fingerprint: str, heads: Sequence[Head]) -> None:
    """Raises FunnelcastError when the project has outgrown the bundle."""
    found = outgrown(bundle, fingerprint, heads)
    if found:
        raise FunnelcastError(
            f"The model of {bundle.origin.project} {found}, so its scores would be wrong; run `funnelcast train` to train a new one."
        )


def save_bundle(bundle: Bundle, folder: Path) -> None:
    """Writes HEAD.lgb of each head, HEAD.npz if it is_fast, then bundle.json into the folder; the same bundle gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    readings = {name: stored(model.fast) for name, model in bundle.heads.items() if model.is_fast}
    for name, model in bundle.heads.items():
        _booster_file(folder, name).write_bytes(model.booster.encode())
    for name, reading in readings.items():
        _reading_file(folder, name).write_bytes(reading)
    index = {
        "format": FORMAT,
        **asdict(bundle.origin),
        "trained_until": bundle.trained_until.isoformat(),
        "settings": dict(bundle.settings),
        "versions": dict(bundle.versions),
        "heads": [_head_index(model, readings.get(name)) for name, model in bundle.heads.items()],
    }
    (folder / INDEX).write_bytes((json.dumps(index, indent=1, sort_keys=True) + "\n").encode())


def load_bundle(folder: Path) -> Bundle:
    """The bundle in a folder.

    Raises FunnelcastError when a file is missing, was changed after it was written, or comes from a newer funnelcast.
    """
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        if index["format"] > FORMAT:
            raise FunnelcastError(
                f"{folder / INDEX} was written by a newer funnelcast; update this one, or run `funnelcast train`."
            )
        models = [_head_model(folder, head) for head in index["heads"]]
        return Bundle(
            Origin(index["project"], index["funnel"], index["fingerprint"]),
            datetime.fromisoformat(index["trained_until"]),
            index["settings"],
            index["versions"],
            {model.head.name: model for model in models},
        )
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise FunnelcastError(
            f"{folder} holds no whole model ({error!r}); run `funnelcast train` to make one."
        ) from error


def _booster_file(folder: Path, name: HeadName) -> Path:
    return folder / f"{name}.lgb"


def _reading_file(folder: Path, name: HeadName) -> Path:
    return folder / f"{name}.npz"


def _head_index(model: HeadModel, reading: bytes | None) -> dict[str, object]:
    return {
        **asdict(replace(model, served=None, read=None)),
        "served": None if model.served is None else model.served.to_json(),
        "booster": _digest(model.booster.encode()),
        "read": reading and _digest(reading),
        "trained_from": model.trained_from.isoformat(),
        "trained_to": model.trained_to.isoformat(),
    }


def _head_model(folder: Path, index: dict[str, object]) -> HeadModel:
    head, calibrator = index["head"], index["calibrator"]
    columns, trees, rows, yes = index["columns"], index["trees"], index["rows"], index["yes"]
    assert isinstance(head, dict)
    assert isinstance(calibrator, dict)
    assert isinstance(columns, list)
    assert isinstance(trees, int)
    assert isinstance(rows, int)
    assert isinstance(yes, int)
    return HeadModel(
        Head(**head),
        _kept(_booster_file(folder, head["name"]), str(index["booster"])).decode(),
        calibrator_from(calibrator),
        tuple(columns),
        trees,
        datetime.fromisoformat(str(index["trained_from"])),
        datetime.fromisoformat(str(index["trained_to"])),
        rows,
        yes,
        # models of the first format were never compared
        bool(index.get("is_fast", False)),
        logistic_from(start) if isinstance(start := index.get("start"), dict) else None,
        None if index.get("served") is None else from_json(str(index["served"])),
        # nor were those of earlier ones put to the test
        Honesty(**honesty) if isinstance(honesty := index.get("honesty"), dict) else UNTRIED,
        Spread(**spread) if isinstance(spread := index.get("spread"), dict) else UNKNOWN,
        restored(_kept(_reading_file(folder, head["name"]), read))
        if isinstance(read := index.get("read"), str)
        else None,
    )


def _kept(file: Path, digest: str) -> bytes:
    kept = file.read_bytes()
    if _digest(kept) != digest:
        raise FunnelcastError(
            f"{file} is not the file that was written with {INDEX}; run `funnelcast train` to make a whole model."
        )
    return kept


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
