"""By what we tell that a mail was opened or clicked by a program and not by a person."""

from typing import Annotated, Literal

from pydantic import Field

from configs.funnel import Name, Setting

Seconds = Annotated[int, Field(ge=0, le=3600, strict=True)]
BotRule = Literal["agent", "network", "delivery", "links", "colleagues"]


class KnownScanners(Setting):
    """A list of configs/bots: what stands anywhere in the name of an agent, and how the name or address of a network begins.

    Capitals do not count.
    """

    agents: tuple[Name, ...] = ()
    networks: tuple[Name, ...] = ()


class Bots(Setting):
    """When a touch of a kind in `marked` is a scanner's. Where a project has no such touches nothing is marked.

    delivery_s: so soon after a touch of a kind in `sent` to the same lead in the same campaign. links, links_s: at least so many
    of `clicks` of one lead and campaign within so many seconds. colleagues, colleagues_s: at least so many leads of one account, in
    one campaign, within so many seconds of it. agent_column, network_column: the columns of touches that name the
    program and the network, held against `lists` (in configs/bots) and the project's own agents and networks. 0 seconds turn a rule off.
    """

    sent: tuple[Name, ...] = ("mail_sent",)
    marked: Annotated[tuple[Name, ...], Field(min_length=1)] = ("mail_open", "mail_click")
    clicks: tuple[Name, ...] = ("mail_click",)
    delivery_s: Seconds = 30
    links: Annotated[int, Field(ge=2, le=100)] = 3
    links_s: Seconds = 10
    colleagues: Annotated[int, Field(ge=2, le=100)] = 3
    colleagues_s: Seconds = 5
    agent_column: Name | None = None
    network_column: Name | None = None
    lists: tuple[Name, ...] = ("scanners",)
    agents: tuple[Name, ...] = ()
    networks: tuple[Name, ...] = ()

    @property
    def settles_s(self) -> int:
        """After so many seconds no later touch can change the verdict on a touch."""
        return max(self.links_s, self.colleagues_s)
