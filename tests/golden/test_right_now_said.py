"""What stands above the ranking, and what is sent of it, comes out in three languages as it was last agreed."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from configs.project import Language
from features.languages import voice_of
from pipelines.channels.message import message_of
from pipelines.channels.webhook import slack_json
from pipelines.lists.page import write_list
from tests.agreed import agreed
from tests.golden.test_list_page import DAY, made_up_day
from tests.urgent import urgent_day

LANGUAGES = get_args(Language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_is_as_agreed(language: Language, tmp_path: Path) -> None:
    write_list(tmp_path, replace(made_up_day(), language=language, right_now=urgent_day(voice_of(language))))
    found = re.search(r'(?s)<section class="now".*?</section>\n', (tmp_path / "index.html").read_text("utf-8"))
    assert found
    made = found[0].encode()
    assert made == agreed(f"right_now/section.{language}.html", made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_messages_are_as_agreed(language: Language) -> None:
    voice = voice_of(language)
    messages = [message_of(one, DAY, voice) for one in urgent_day(voice)]
    told = "\n\n".join("\n".join([one.subject, *one.lines]) for one in messages)
    made = f"{told}\n\n{json.dumps(slack_json(messages[0]), indent=1, ensure_ascii=False)}\n".encode()
    assert made == agreed(f"right_now/messages.{language}.txt", made)


def test_the_table_is_as_agreed(tmp_path: Path) -> None:
    write_list(tmp_path, replace(made_up_day(), right_now=urgent_day()))
    made = (tmp_path / "right_now.csv").read_bytes()
    assert made == agreed("right_now/right_now.csv", made)
