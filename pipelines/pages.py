"""What all our pages have in common: they show texts of strangers and ask nothing of any host."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.lists.plain import plain


def templates(folder: Path) -> Environment:
    """The templates of a folder: every text is escaped, an unknown name is an error, and the filter `plain` is there."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    return environment


def content_hash(text: str) -> str:
    """The source expression that lets a Content-Security-Policy admit exactly this text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
