"""Who does what on a day, drawn from the chances of the day."""

from dataclasses import dataclass

from pipelines.sources.demo.rates import Chances
from pipelines.sources.demo.state import Rows
from pipelines.sources.demo.today import Today


@dataclass(frozen=True)
class Doers:
    """The leads who do each thing, as places in the day's leads."""

    visit: Rows
    use: Rows
    ask: Rows
    event: Rows
    ad: Rows
    sign_up: Rows
    ring: Rows
    opt_out: Rows
    course: Rows
    mail: Rows
    call: Rows
    meet: Rows
    up: Rows
    buy: Rows
    back: Rows
    lose: Rows
    renew: Rows


def draw(chance: Chances, today: Today) -> Doers:
    """Draws the day; what stands in one group happens to a lead at most once a day."""
    ask, event, ad, sign_up, ring, opt_out, course = today.one_of(
        chance.ask, chance.event, chance.event, chance.sign_up, chance.ring, chance.opt_out, chance.course
    )
    mail, call, meet = today.one_of(chance.mail, chance.call, chance.meet)
    up, buy, back, lose = today.one_of(chance.up, chance.buy, chance.back, chance.lose)
    (visit,) = today.one_of(chance.visit)
    use, renew = chance.users[today.one_of(chance.use)[0]], chance.due[today.one_of(chance.renew)[0]]
    return Doers(
        visit, use, ask, event, ad, sign_up, ring, opt_out, course, mail, call, meet, up, buy, back, lose, renew
    )
