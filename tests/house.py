"""Reads every file of the house once, for the tests that keep it in order."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
FLOORS = ("configs", "features", "models", "pipelines")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _names() -> list[str]:
    """Every file that is tracked or waits to be, relative to the house; without git, all that is not hidden."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True)
        return sorted(name for name in set(listed.stdout.splitlines()) if (HOUSE / name).is_file())
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(HOUSE) for path in HOUSE.rglob("*") if path.is_file())
        return sorted(
            str(name) for name in found if not any(part.startswith((".", "__")) for part in name.parent.parts)
        )


def _text(name: str) -> str | None:
    try:
        return (HOUSE / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


TEXTS = {name: text for name in _names() if (text := _text(name)) is not None}
TREES = {name: ast.parse(text, name) for name, text in TEXTS.items() if name.endswith(".py")}
ROOMS = {name: tree for name, tree in TREES.items() if name.split("/")[0] in FLOORS}


def functions(trees: dict[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    """Every function and method, with its file."""
    return ((name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, Function))


def classes(trees: dict[str, ast.Module]) -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class, with its file."""
    return ((name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | Function]:
    """The public classes, functions and methods of a module or class."""
    for node in body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def imported(tree: ast.AST) -> Iterator[str]:
    """The dotted names of the modules that a tree imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def imported_at_once(tree: ast.Module) -> Iterator[str]:
    """The dotted names of the modules that are imported as soon as the module itself is."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(ast.Module([node], []))


def importers(trees: dict[str, ast.Module], libraries: set[str]) -> set[str]:
    """The files that import one of the libraries."""
    return {name for name, tree in trees.items() if libraries & {module.split(".")[0] for module in imported(tree)}}


def module_name(name: str) -> str:
    """features/windows.py as features.windows."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
