"""Makes what strangers typed into forms harmless to read and to open in a spreadsheet."""

import re
import unicodedata

JOINERS = "\u200c\u200d"
NO_CHARACTERS = "\ufffe\uffff"  # no XML may hold them, and a workbook is XML
# The hyphen stands last, where a pattern does not read it as a range.
FORMULA_MARKS = "=+@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-"
# A comma-separated file opened where ';' is the separator is cut at every ';', so a cell may also begin there.
_FORMULA = re.compile(rf"(^|;)([ {JOINERS}]*)(?=[{FORMULA_MARKS}])")
# Signs joined in one go, and marks above one letter, beyond what any writing needs: a page cannot break the one or fit the other.
_CHAINED = re.compile(r"(?:[^\s\u200d]{1,3}\u200d){6,}")
_MARKS = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(rf"({_MARKS}{{4}}){_MARKS}+")
_MAY_BEGIN_ONE = frozenset(FORMULA_MARKS + JOINERS)


def plain(text: str) -> str:
    """The text on one line: line breaks and runs of spaces become one space, control and direction characters go.

    The joiners of Persian words and of emoji stay. A text without any of these comes back as it was.
    """
    if not text.isprintable():
        text = "".join(map(_plain_character, text))
    return " ".join(text.split())


def clipped(text: str, longest: int = 160) -> str:
    """The plain text, cut with an ellipsis after so many characters; six and more joined signs come apart, of stacked marks four stay."""
    line = _STACKED.sub(r"\1", _CHAINED.sub(lambda chain: chain[0].replace("\u200d", ""), plain(text)))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def cell(text: str) -> str:
    """The plain text with an apostrophe before anything that a spreadsheet would take for a formula.

    >>> cell("=1+1"), cell("Anna = Bo")
    ("'=1+1", 'Anna = Bo')
    """
    line = plain(text)
    if line[:1] in _MAY_BEGIN_ONE or ";" in line:
        return _FORMULA.sub(r"\1'\2", line)
    return line


def _plain_character(character: str) -> str:
    if character.isspace():
        return " "
    if character in JOINERS:
        return character
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in NO_CHARACTERS else character
