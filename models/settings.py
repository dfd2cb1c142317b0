"""What may be set of how trees are grown, and what may not, because chances would no longer mean what they say."""

from collections.abc import Collection, Mapping

from configs.errors import FunnelcastError, did_you_mean
from configs.project import HeadName

Settings = Mapping[str, float | str]

# LightGBM's names, and scikit-learn's, for counting one outcome more than the other.
CLASS_WEIGHTS = frozenset(
    {
        "class_weight",
        "is_unbalance",
        "neg_bagging_fraction",
        "pos_bagging_fraction",
        "scale_pos_weight",
        "unbalance",
        "unbalanced_sets",
    }
)


def check_settings(settings: Settings, known: Collection[str]) -> None:
    """Raises FunnelcastError for a class weight, and with the near miss for a setting that is not among the known."""
    weights = sorted(CLASS_WEIGHTS & settings.keys())
    if weights:
        raise FunnelcastError(
            f"The setting '{weights[0]}' is refused: it counts one outcome more than the other, so that every chance is too high or too "
            "low, and it ranks no better. Leave it out; rare outcomes are learned from as they are."
        )
    unknown = [name for name in settings if name not in known]
    if unknown:
        raise FunnelcastError(f"There is no setting '{unknown[0]}' of the trees{did_you_mean(unknown[0], known)}")


def told(defaults: Settings, by_head: Mapping[HeadName, Settings]) -> dict[str, float | str]:
    """The defaults, and as HEAD.NAME what is set for one head in their place."""
    own = {f"{head}.{name}": value for head, settings in by_head.items() for name, value in settings.items()}
    return {**defaults, **own}


def own_settings(settings: Settings, head: HeadName) -> Settings:
    """What `told` told of one head."""
    return {name.removeprefix(f"{head}."): value for name, value in settings.items() if name.startswith(f"{head}.")}
