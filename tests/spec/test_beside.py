"""Two things that need nothing of each other are done at once, and an error of either is told."""

from threading import Event

import pytest

from pipelines.beside import beside

LONGEST_S = 20.0


def test_the_work_goes_on_while_the_block_does() -> None:
    from_block, from_work = Event(), Event()

    def work() -> str:
        from_work.set()
        return "met" if from_block.wait(LONGEST_S) else "alone"

    with beside(work) as done:
        assert from_work.wait(LONGEST_S)
        from_block.set()
        assert done() == "met"


def test_the_block_ends_when_the_work_is_done() -> None:
    found: list[str] = []
    with beside(lambda: found.append("worked")):
        pass
    assert found == ["worked"]


def fails() -> None:
    raise OSError("the disk is full")


def waits() -> None:
    with beside(fails) as done:
        done()
        pytest.fail("nothing is done with what the work did not give")


def test_an_error_of_the_work_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(OSError, match="full"):
        waits()


def test_an_error_that_nobody_waits_for_is_raised_at_the_end() -> None:
    with pytest.raises(OSError, match="full"), beside(fails):
        pass


def test_an_error_of_the_block_is_raised_once_the_work_is_done() -> None:
    found: list[str] = []
    with pytest.raises(KeyError), beside(lambda: found.append("worked")):
        raise KeyError
    assert found == ["worked"]
