"""Keeps the house in order: short rooms, honest names, imports that only point down, no trace of a machine."""

import ast
import doctest
import importlib
import json
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from io import StringIO
from pathlib import Path

import pytest

from tests.house import (
    FLOORS,
    HOUSE,
    ROOMS,
    TEXTS,
    TREES,
    Function,
    classes,
    functions,
    imported,
    imported_at_once,
    importers,
    module_name,
    public,
)

FILE_LINES = 300
FUNCTION_LINES = 40
CODE = {".py", ".yaml", ".yml", ".toml", ".j2", ".jinja", ".css", ".js", ".sh"}
EMPTY_NAMES = {"util", "helper", "manager", "handler", "base", "common", "misc"}
PICKLES = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
SLOW = {"lightgbm", "mlflow", "numba", "optuna", "pandas", "prefect", "shap", "sklearn"}
# The words are put together here, so that this file does not bear them.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.~})*-])/(tmp|work|root|home|Users|farm|mnt|opt)/")
HOSTS = ("py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian", "anaconda" + r"\.org")


def _say(wrong: list[str], advice: str) -> str:
    return "\n  ".join([advice, *wrong])


def test_files_are_short() -> None:
    code = {name: text for name, text in TEXTS.items() if Path(name).suffix in CODE or name == "Makefile"}
    lengths = {name: len(text.splitlines()) for name, text in code.items()}
    wrong = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines >= FILE_LINES]
    assert not wrong, _say(wrong, f"A file stays under {FILE_LINES} lines; a longer one holds two rooms:")


def test_functions_are_short() -> None:
    lengths = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1 for name, node in functions(TREES)
    }
    wrong = [f"{place}: {lines} lines" for place, lines in lengths.items() if lines >= FUNCTION_LINES]
    assert not wrong, _say(wrong, f"A function stays under {FUNCTION_LINES} lines (aim for 10):")


def test_a_module_says_what_it_is_in_one_sentence() -> None:
    said = {name: ast.get_docstring(tree) or "" for name, tree in TREES.items()}
    sentence = re.compile(r"(?s)(?!.*(\n\n|[.?!]\s+[A-Z])).+[.?!]")
    wrong = [f"{name}: {words!r}" for name, words in said.items() if not sentence.fullmatch(words)]
    assert not wrong, _say(wrong, "A module begins with a docstring of one sentence that a salesperson could follow:")


def test_what_is_public_has_a_docstring() -> None:
    nodes = [(name, node) for name, tree in ROOMS.items() for node in public(tree.body)]
    wrong = [f"{name}:{node.lineno} {node.name}" for name, node in nodes if not ast.get_docstring(node)]
    assert not wrong, _say(wrong, "What is public says its shapes, units, window ends and errors in a docstring:")


def _words(name: str) -> set[str]:
    """The words of a name in the singular; a base rate is a thing of the field and may be called so."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("base_rate", "").split("_")
    return {word.removesuffix("s") for word in words}


def test_names_say_what_a_thing_is() -> None:
    wrong = [name for name in TREES if any(_words(part) & EMPTY_NAMES for part in Path(name).with_suffix("").parts)]
    wrong += [f"{name}:{node.lineno} {node.name}" for name, node in classes(TREES) if _words(node.name) & EMPTY_NAMES]
    assert not wrong, _say(
        wrong, f"No module or class is called {', '.join(sorted(EMPTY_NAMES))}; use the field's word:"
    )


def test_nothing_is_pickled() -> None:
    calls = re.compile(r"\b(read_pickle|to_pickle)\(|\ballow_pickle=True")
    wrong = sorted(importers(TREES, PICKLES))
    wrong += [name for name, tree in TREES.items() if calls.search(ast.unparse(tree))]
    assert not wrong, _say(wrong, "Nothing is pickled: a model is LightGBM text and JSON, a table is Parquet:")


def test_mlflow_is_known_in_one_file() -> None:
    found = importers(ROOMS, {"mlflow"})
    assert found == {"models/track.py"}, f"mlflow is imported in models/track.py and nowhere else; found: {found}"


def test_prefect_is_known_to_the_pipelines_only() -> None:
    wrong = sorted(name for name in importers(ROOMS, {"prefect"}) if not name.startswith("pipelines/"))
    assert not wrong, _say(wrong, "prefect is imported under pipelines/ only; what it runs can be called without it:")


def test_imports_point_down() -> None:
    pairs = [(name, module) for name, tree in ROOMS.items() for module in imported(tree)]
    ours = [(name, module) for name, module in pairs if module.split(".")[0] in FLOORS]
    floor = {room: FLOORS.index(re.split(r"[/.]", room)[0]) for pair in ours for room in pair}
    wrong = [f"{name} imports {module}" for name, module in ours if floor[module] > floor[name]]
    assert not wrong, _say(wrong, f"An import points down the floors, {' < '.join(FLOORS)}:")


def _passes_unread(node: Function) -> bool:
    """Whether it takes a ** that it never looks into, but at most hands on as a **."""
    if not node.args.kwarg:
        return False
    handed_on = [part.value for part in ast.walk(node) if isinstance(part, ast.keyword) and part.arg is None]
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == node.args.kwarg.arg]
    return all(name in handed_on for name in names)


def test_every_parameter_is_read() -> None:
    wrong = [f"{name}:{node.lineno} {node.name}" for name, node in functions(ROOMS) if _passes_unread(node)]
    assert not wrong, _say(wrong, "A function names its parameters; it takes no ** to pass along unread:")


def _comments(name: str, text: str) -> list[tuple[int, str]]:
    if not name.endswith(".py"):
        return list(enumerate(text.splitlines(), start=1))
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def test_nothing_is_left_unfinished() -> None:
    lines = [(name, *line) for name, text in TEXTS.items() for line in _comments(name, text)]
    wrong = [f"{name}:{number} {comment.strip()}" for name, number, comment in lines if UNFINISHED.search(comment)]
    assert not wrong, _say(wrong, "A thing is done, or written down as an issue; it is not marked in the code:")


@pytest.mark.parametrize("trace", [MACHINE_PATH, re.compile("|".join(HOSTS))], ids=["path", "registry"])
def test_no_file_bears_the_trace_of_a_machine(trace: re.Pattern[str]) -> None:
    lines = [(name, *line) for name, text in TEXTS.items() for line in enumerate(text.splitlines(), start=1)]
    wrong = [f"{name}:{number} {line.strip()}" for name, number, line in lines if trace.search(line)]
    assert not wrong, _say(wrong, "A file names no folder of one machine and no registry; both differ elsewhere:")


def test_inheritance_is_one_level_deep() -> None:
    parents: dict[str, set[str]] = defaultdict(set)
    for _, node in classes(ROOMS):
        parents[node.name] |= {ast.unparse(parent).split("[")[0].split(".")[-1] for parent in node.bases}
    ours = {name: (bases - {name}) & parents.keys() for name, bases in parents.items()}
    wrong = [f"{name} < {base} < {ours[base]}" for name, bases in ours.items() for base in bases if ours[base]]
    assert not wrong, _say(wrong, "A class inherits from a class of ours at most once, not through another:")


def _can_fail(node: ast.AST, own: dict[str, Function], seen: frozenset[str]) -> bool:
    """Whether it asserts, expects an error, or calls a function of the same file that does."""
    called = {ast.unparse(part.func).split(".")[-1] for part in ast.walk(node) if isinstance(part, ast.Call)}
    if called & {"raises", "warns", "fail", "expect"} or any(name.startswith("assert_") for name in called):
        return True
    if any(isinstance(part, ast.Assert) for part in ast.walk(node)):
        return True
    return any(_can_fail(own[name], own, seen | {name}) for name in (called & own.keys()) - seen)


def test_every_test_can_fail() -> None:
    wrong = []
    for name, tree in TREES.items():
        own = {node.name: node for _, node in functions({name: tree})}
        tests = [test for test in own if test.startswith("test_") and name.startswith("tests/")]
        wrong += [
            f"{name}:{own[test].lineno} {test}" for test in tests if not _can_fail(own[test], own, frozenset({test}))
        ]
    assert not wrong, _say(wrong, "A test asserts something; one that cannot fail is a defect:")


def test_notebooks_are_kept_without_outputs() -> None:
    cells = [(name, cell) for name in TEXTS if name.endswith(".ipynb") for cell in json.loads(TEXTS[name])["cells"]]
    wrong = sorted({name for name, cell in cells if cell.get("outputs") or cell.get("execution_count")})
    assert not wrong, _say(wrong, "A notebook is kept without outputs; clear them before you commit:")


@pytest.mark.parametrize("name", [name for name in ROOMS if ">>> " in TEXTS[name]])
def test_examples_in_docstrings_hold(name: str) -> None:
    told = doctest.testmod(importlib.import_module(module_name(name)))
    assert told.failed == 0, f"{name}: {told.failed} of {told.attempted} examples in docstrings do not hold."


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project, lock = tomllib.loads(TEXTS["pyproject.toml"]), TEXTS["requirements.lock"]
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lacking = {re.split(r"[<>=!~\[; ]", line)[0] for line in wanted} - set(re.findall(r"(?m)^([a-z0-9-]+)==", lock))
    assert not lacking, f"requirements.lock lacks {sorted(lacking)}; run `make lock`."
    unhashed = re.findall(r"(?m)^[a-z0-9-]+==.*[^\\]$", lock)
    assert not unhashed, f"requirements.lock has no hash for {unhashed}; run `make lock`."


def test_every_library_is_asked_for_by_name() -> None:
    project = tomllib.loads(TEXTS["pyproject.toml"])["project"]
    asked = {re.split(r"[<>=!~\[; ]", line)[0] for line in project["dependencies"]}
    makers = packages_distributions()
    pairs = {(name, module.split(".")[0]) for name, tree in ROOMS.items() for module in imported(tree)}
    theirs = [(name, module) for name, module in pairs if module not in {*FLOORS, *sys.stdlib_module_names}]
    wrong = [
        f"{name} imports {module}"
        for name, module in theirs
        if not asked & {maker.lower().replace("_", "-") for maker in makers.get(module, [])}
    ]
    assert not wrong, _say(sorted(wrong), "A library that we import stands in pyproject.toml; it is not there by luck:")


def _in_empty_home(script: str, home: Path, words: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a script in a fresh interpreter whose working folder and home are new and empty."""
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environment = {**kept, "HOME": str(home), "PYTHONPATH": str(HOUSE)}
    command = [sys.executable, "-c", script, words]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)


# Other people's libraries do as they like when imported, so they come first and only what follows is ours.
IMPORT_ALL = """
import importlib, json, logging, os, pathlib, sys
theirs, ours = json.loads(sys.argv[1])
def state():
    files = sorted(map(str, pathlib.Path.cwd().rglob("*")))
    handlers = list(map(repr, logging.getLogger().handlers))
    return {"files": files, "log handlers": handlers, "environment": sorted(os.environ.items())}
for name in theirs:
    importlib.import_module(name)
before = state()
for name in ours:
    importlib.import_module(name)
sys.exit("; ".join(f"{what} are now {now}" for what, now in state().items() if now != before[what]) or None)
"""


def test_an_import_changes_nothing(tmp_path: Path) -> None:
    at_once = {module for tree in ROOMS.values() for module in imported_at_once(tree)}
    theirs = sorted(module for module in at_once if module.split(".")[0] not in FLOORS)
    run = _in_empty_home(IMPORT_ALL, tmp_path / "home", json.dumps([theirs, sorted(map(module_name, ROOMS))]))
    assert run.returncode == 0, f"An import makes no file, logger or setting: {run.stderr}"


HELP = """
import sys
from pipelines.cli import main
sys.argv = ["funnelcast", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def test_help_answers_without_slow_libraries(tmp_path: Path) -> None:
    run = _in_empty_home(HELP, tmp_path / "home")
    assert run.returncode == 0, f"`funnelcast --help` fails: {run.stderr}"
    slow = SLOW & set(run.stderr.split())
    assert not slow, f"`funnelcast --help` imports {sorted(slow)}; import them in the file that needs them."
