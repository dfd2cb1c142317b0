"""Finds the files of each source and checks that they have the columns the project asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError, did_you_mean
from configs.project import Project
from configs.source import Source
from pipelines.sources.formats import ExportFile, open_export


@dataclass(frozen=True)
class Export:
    """A source with its opened files; number counts from 0 in the order of the project."""

    number: int
    source: Source
    files: tuple[ExportFile, ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The files' columns that the source reads."""
        return tuple(dict.fromkeys([*self.source.columns.values(), *self.source.where, *self.source.without]))

    def cells(self, file: ExportFile) -> Mapping[str, str]:
        """The wanted columns to their SQL names in the rows of one of the files."""
        return {column: file.column(column) for column in self.wanted}


def open_exports(con: DuckDBPyConnection, project: Project, data: Path) -> list[Export]:
    """All sources of a project with their files, in the order in which the project names them.

    Raises FunnelcastError for a missing folder or file (with the near miss), a file that cannot be read and a missing column.
    """
    if not data.is_dir():
        raise FunnelcastError(f"There is no data folder {data}; give --data DIR, or change data in the project file.")
    return [_open(con, project, number, source, data) for number, source in enumerate(project.sources)]


def _open(con: DuckDBPyConnection, project: Project, number: int, source: Source, data: Path) -> Export:
    try:
        paths = _find(source.files, data)
        files = tuple(open_export(con, path, path.relative_to(data).as_posix()) for path in paths)
        export = Export(number, source, files)
        for file in files:
            export.cells(file)
    except FunnelcastError as error:
        raise FunnelcastError(f"{project.name}, sources item {number + 1} ({source.table}): {error}") from error
    return export


def _find(pattern: str, data: Path) -> list[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise FunnelcastError(f"files: '{pattern}' must lie within the data folder; give its place relative to it")
    exact = data / pattern
    found = [exact] if exact.is_file() else sorted(path for path in data.glob(pattern) if path.is_file())
    if not found:
        near = did_you_mean(pattern, (path.name for path in data.iterdir() if not path.name.startswith(".")))
        raise FunnelcastError(f"there is no file '{pattern}' in {data}{near}")
    return found
