"""What nearly all calls share stands once above them, and each line keeps what sets it apart."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.reasons import Reason
from pipelines.lists.day import Line
from pipelines.lists.row import ShownReason, rows
from pipelines.lists.shared import Shared, shared_reasons

INTEREST, SILENT = Reason("interest", "Showed interest", 9.0), Reason("silent", "Is silent", -2.0)


def call(number: int, *reasons: Reason) -> Line:
    own = Reason("own", f"Its own reason {number}", 1.0)
    line = Line(number, f"L{number}", "", "", "", "", "", "call", 0.4, "", {}, None, "EUR")
    for_, against = ([one for one in reasons if (one.points > 0) == up] for up in (True, False))
    return replace(line, reasons_for=(*for_, own), reasons_against=tuple(against))


def calls(sharing: int, others: int) -> list[Line]:
    return [call(at, INTEREST) if at < sharing else call(at) for at in range(sharing + others)]


@pytest.mark.parametrize(("sharing", "others", "found"), [(8, 2, 8), (7, 3, 0), (10, 0, 10), (9, 0, 0), (20, 5, 20)])
def test_four_of_five_calls_and_at_least_ten_make_a_reason_shared(sharing: int, others: int, found: int) -> None:
    expected = (Shared("Showed interest", up=True, calls=found),) if found else ()
    assert shared_reasons(calls(sharing, others)) == expected


def test_a_sentence_that_raises_here_and_lowers_there_is_shared_by_side() -> None:
    down = replace(INTEREST, points=-9.0)
    lines = [call(at, INTEREST if at % 2 else down, SILENT) for at in range(20)]
    assert shared_reasons(lines) == (Shared("Is silent", up=False, calls=20),)


def test_a_line_that_says_it_twice_counts_once() -> None:
    assert shared_reasons([call(at, INTEREST, INTEREST) for at in range(10)]) == (
        Shared("Showed interest", up=True, calls=10),
    )


def test_leads_to_nurture_do_not_count() -> None:
    nurtured = [replace(line, band="nurture") for line in calls(40, 0)]
    assert shared_reasons([*calls(7, 3), *nurtured]) == ()
    shown = rows([*calls(10, 0), *nurtured[:1]], (), shared=shared_reasons(calls(10, 0)))
    assert "Showed interest" in texts(shown[-1].reasons)


def test_a_line_leaves_out_what_it_shares_but_is_never_left_without_a_reason() -> None:
    alone = replace(call(10, INTEREST), reasons_for=(INTEREST,))
    lines = [*calls(10, 0), alone]
    shown = [texts(row.reasons) for row in rows(lines, (), shared=shared_reasons(lines))]
    assert shown[:10] == [[f"Its own reason {at}"] for at in range(10)]
    assert shown[10] == ["Showed interest"]


def test_a_reason_that_no_line_has_room_for_is_not_shared() -> None:
    more = [Reason("more", f"More {at}", 10.0 + at) for at in range(3)]
    crowded = [replace(line, reasons_for=(*more, INTEREST)) for line in calls(10, 0)]
    assert {one.says for one in shared_reasons(crowded)} == {"More 0", "More 1", "More 2"}


def texts(reasons: Sequence[ShownReason]) -> list[str]:
    return [reason.says for reason in reasons]
