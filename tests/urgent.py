"""Made-up entries of every rule of what cannot wait, for the tests of the page, the table and the messages."""

from datetime import datetime

from features.languages import ENGLISH, Voice
from models.tell_moves import Move, MovedPart
from pipelines.lists.day import Entry, Urgent
from pipelines.lists.moves import move_says
from pipelines.lists.words import chance_says
from pipelines.right_now.words import leaving_says, meeting_says, overdue_says, waiting_says
from tests.golden.test_list_page import DAY, LEAVE_BY

ASKED = datetime(2026, 3, 8, 13, 52)
MOVE = Move(12.3, (MovedPart("touches", "demo", "Watched the product demo to the end", 9.2),))


def urgent_day(voice: Voice = ENGLISH) -> tuple[Urgent, ...]:
    """One or two entries of each rule, of leads of the made-up list and of one that is skipped there."""
    marta, tomas, noor = "Marta Lindqvist", "Tomás Ferreira", "Noor van der Velde"
    return (
        Urgent(
            "unanswered",
            (
                Entry(
                    "L-10037", marta, "Fjordkraft Energi AS", "Anna Berg", "call", waiting_says(1, ASKED, DAY, voice)
                ),
                Entry("L-10703", "Pavel Horák", "", "Anna Berg", "skip", waiting_says(3, ASKED, DAY, voice)),
            ),
            7,
        ),
        Urgent(
            "meetings_today",
            (
                Entry("L-10074", tomas, "", "", "call", meeting_says(ASKED, voice, whole_day=False)),
                Entry("L-10111", "", "", "", "call", meeting_says(ASKED, voice, whole_day=True)),
            ),
            2,
        ),
        Urgent("risen", (Entry("L-10481", "Ibrahim Sowah", "", "", "nurture", _moved(1, voice)),), 1),
        Urgent("fallen", (Entry("L-10444", noor, "", "Jonas Weiss", "call", _moved(-1, voice)),), 1),
        Urgent(
            "overdue_stage", (Entry("L-10037", marta, "", "", "call", overdue_says("Offer sent", 45.2, 1, voice)),), 1
        ),
        Urgent("leaving", (Entry("C-10037", "Astrid Nygaard", "Nordlys Hotels", "", "keep", _leaves(voice)),), 1),
    )


def _moved(way: int, voice: Voice) -> str:
    return move_says(Move(way * MOVE.points, MOVE.parts), ASKED.date(), DAY, voice).rstrip(".")


def _leaves(voice: Voice) -> str:
    return leaving_says(chance_says(0.46, "churn", LEAVE_BY, DAY, voice=voice), voice)
