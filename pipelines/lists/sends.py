"""Says what a lead to nurture is worth writing, by how far down the funnel it stands."""

from collections.abc import Mapping

from configs.funnel import StageGroup
from features.languages import ENGLISH, Voice

# What a buyer looks for on the way: what is possible, what fits, and what is still open (the buyer's journey: awareness, consideration,
# decision). A project names its own.
SHIPPED: Mapping[StageGroup, str] = {
    "top": "how others have solved what brought them here: a guide, an article",
    "middle": "what it did for a customer like them: a case, a comparison, an invitation",
    "bottom": "what is still missing for a yes: an answer, a reference, the next step",
}
WORTH_A_MAIL = "Worth a mail: {what}"


def sends_say(group: StageGroup, own: Mapping[StageGroup, str], voice: Voice = ENGLISH) -> str:
    """What to send to a lead in a stage of the group; own: what the project says, as it is written."""
    return voice.say(WORTH_A_MAIL, what=own.get(group) or voice.say(SHIPPED[group]))
