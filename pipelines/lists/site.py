"""Which pages stand beside a day's list, by what lies in its folder."""

from pathlib import Path

from features.languages import Voice

INDEX, ACCOUNTS, RECEIPTS, MODEL_PAGE, LEADS = "index.html", "accounts.html", "receipts.html", "model.html", "leads"
TITLES = {INDEX: "Today", ACCOUNTS: "Accounts", RECEIPTS: "Receipts", MODEL_PAGE: "Model"}


def pages_in(folder: Path, voice: Voice) -> dict[str, str]:
    """The pages of a list's folder with what they are called, in the order in which they are linked; the list itself first."""
    there = {name: title for name, title in TITLES.items() if name == INDEX or (folder / name).is_file()}
    return {name: voice.say(title) for name, title in there.items()}
