"""The pages beside the list: a page for each lead on it, the accounts, and what came of earlier lists."""
