"""Gathers every text that the list may say in English: what features, units, frameworks, sentences and the page hold."""

import ast
import re
from collections.abc import Iterator
from typing import get_args

from configs.actions import SHIPPED
from configs.load import CONFIGS, load_project, shipped
from features.registry import FEATURES
from models import rank
from models.heads import VERBS
from models.tell_moves import CAUSES
from pipelines import base_rates, score, waterfall, whole
from pipelines.lists import helps, moves, ranks, row, sends, site, verdicts, words, workbook
from pipelines.lists.day import Band
from pipelines.right_now.words import TITLES
from pipelines.site import accounts, receipts
from pipelines.site import words as happened
from tests.house import ROOMS, TEXTS, functions

Text = tuple[str, ...]  # a text, or the singular and the plural of one
SAYING, COUNTING = "voice.say", "voice.count"
# functions of one file that hand on what they are given
BY_FILE = {"features/words.py": {"_counted": COUNTING, "verdict_of": SAYING}, "features/declared.py": {"told": SAYING}}
DEMO = CONFIGS / "projects" / "demo.yaml"
PAGE = (
    "pipelines/lists/list.html.j2",
    "pipelines/lists/list.js",
    "pipelines/lists/right_now.html.j2",
    *(name for name in TEXTS if name.startswith("pipelines/site/") and name.endswith(".j2")),
)


def _titles_in(name: str, function: str) -> list[Text]:
    """The words with a capital letter in a function of a file."""
    (body,) = (node for _, node in functions({name: ROOMS[name]}) if node.name == function)
    texts = (node.value for node in ast.walk(body) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [(text,) for text in texts if text[:1].isupper()]


NAMED: dict[str, list[Text]] = {
    "CAUSES[one.step.cause]": [(text,) for text in CAUSES.values()],
    "VERBS[setting.head]": [(text,) for text in VERBS.values()],
    "VERBS[name]": [],
    "VERBS[head]": [],
    "value_says if by_value else BY_CHANCE": [(rank.BY_VALUE,), (rank.BY_MARGIN,), (rank.BY_CHANCE,)],
    "column.says": [(column.says,) for column in workbook.COLUMNS],
    "WORTH_A_MAIL": [(sends.WORTH_A_MAIL,)],
    "SHIPPED[group]": [(text,) for text in sends.SHIPPED.values()],
    "BY_WHOM": [(rank.BY_WHOM,)],
    "*words": [rank.BY_LOT, rank.HELD_BACK],
    "said[verdict]": [(text,) for text in (*verdicts.YOURS.values(), *verdicts.THEIRS.values())],
    "DRAWN": [(words.DRAWN,)],
    "moved": [(base_rates.RAISED,), (base_rates.LOWERED,)],
    "SETTLED": [(base_rates.SETTLED,)],
    "BOTH_SCORED if customers else LEADS_SCORED": [(score.BOTH_SCORED,), (score.LEADS_SCORED,)],
    "MODEL_SAYS": [(score.MODEL_SAYS,)],
    "HEADS[head]": [(text,) for text in helps.HEADS.values()],
    "action": [(action.says,) for action in SHIPPED],
    "UNTESTED": [(ranks.UNTESTED,)],
    "MISSED": [(ranks.MISSED,)],
    "EXACT": [(words.EXACT,)],
    "pattern": [(words.EXACT,), (words.LESS,), (words.MORE,), ("d MMMM",), ("d MMMM y",), ("EEEE, d MMMM y",)],
    "OUTCOMES[head]": [(text, text) for text in words.OUTCOMES.values()],
    "title": [*((text,) for text in (*site.TITLES.values(), *receipts.RIVAL_TITLES.values()))],
    "GAINED[head.head]": [(text,) for text in receipts.GAINED.values()],
    "known": [(text,) for text in happened.KINDS.values()],
    "BY_US": [(happened.BY_US,)],
    "MOVED_TO": [(happened.MOVED_TO,)],
    "BOUGHT": [(happened.BOUGHT,)],
    "EMPTIED": [(happened.EMPTIED,)],
    "NO_ROLE": [(accounts.NO_ROLE,)],
    "BASE": [(whole.BASE,)],
    "LEAD": [(whole.LEAD,)],
    "AGREED": [(whole.AGREED,)],
    "BESIDE": [(whole.BESIDE,)],
    '"for less time than usual" if value < 0.95 else "for as long as usual"': [
        ("for less time than usual",),
        ("for as long as usual",),
    ],
    "few": [("once",), ("twice",), ("hardly any",), ("one or two",), ("a few",)],
    "REST": [(waterfall.REST,)],
    "CAUSE_NOUNS[part.cause]": [(text,) for text in whole.CAUSE_NOUNS.values()],
    "SAME_ACCOUNT": [(row.SAME_ACCOUNT,)],
    "one": [*words.GAINS.values()],
    "*way": [moves.UP, moves.DOWN],
    "name": _titles_in("pipelines/lists/row.py", "_scores"),
    "says": _titles_in("pipelines/lists/page.py", "_board"),
    "band": [(band,) for band in get_args(Band)],
    "TITLES[rule]": [(text,) for text in TITLES.values()],
    "template": [],  # of features
    "criterion.says": [],  # of frameworks
    "good if value > 0 else bad if value < 0 else still_open": [],
    "text": [],  # handed on by a function of the same kind
}


def every_text() -> set[Text]:
    """What is said anywhere."""
    named = (text for texts in NAMED.values() for text in texts)
    shown = (text for text in _shown_in_code() if isinstance(text, tuple))
    return {*named, *shown, *_said_on_the_page(), *_said_by_features(), *_said_by_frameworks()}


def unknown_names() -> set[str]:
    """The expressions that are said in code, and of which NAMED does not tell what they hold."""
    return {shown for shown in _shown_in_code() if isinstance(shown, str)} - NAMED.keys()


def _shown_in_code() -> Iterator[Text | str]:
    """The texts in calls that say or count something; of a call with anything but texts, the expression."""
    for name, tree in ROOMS.items():
        handed_on = BY_FILE.get(name, {})
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                yield from _shown_in_call(handed_on.get(called := ast.unparse(node.func), called), node.args)


def _shown_in_call(name: str, args: list[ast.expr]) -> Iterator[Text | str]:
    if name.endswith(COUNTING):
        texts = [arg.value for arg in args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        yield tuple(texts) if len(texts) == 2 else ast.unparse(args[0])
    for arg in args if name.endswith(SAYING) else []:
        choices = [arg.body, arg.orelse] if isinstance(arg, ast.IfExp) else [arg]
        texts = [one.value for one in choices if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        yield from ((text,) for text in texts)
        if not texts:
            yield ast.unparse(arg)


def _said_on_the_page() -> Iterator[Text]:
    for name in PAGE:
        yield from ((text,) for text in re.findall(r'\bsay\("([^"]+)"', TEXTS[name]))
        yield from re.findall(r'\bcount\("([^"]+)", "([^"]+)"', TEXTS[name])


def _said_by_features() -> Iterator[Text]:
    own = [(feature.says, feature.silent) for feature in load_project(DEMO).features]
    shipping = [(feature.says, feature.silent) for feature in FEATURES]
    yield from ((text,) for both in (*shipping, *own) for text in both)
    # scores for people, which a project declares by other means
    yield from ((text,) for text in ("Engagement is {value} of 100", "Shows no engagement"))
    yield ("Fits our ideal customer {value} of 100",)
    yield ("Nothing is known of the fit to our ideal customer",)


def _said_by_frameworks() -> Iterator[Text]:
    for name in shipped("frameworks"):
        for line in TEXTS[f"configs/frameworks/{name}.yaml"].splitlines():
            key, _, text = line.strip().removeprefix("- ").partition(": ")
            if key in ("good", "bad") or (key == "says" and line.startswith("    ")):
                yield (text,)
