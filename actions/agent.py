"""Agents: the general rules, and for a known customer who looks after their own policies now."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import answer, policy_choice, written
from actions.act import Act
from actions.heard import Heard
from actions.own_records import KNOWN, identified
from actions.speech import button, human_button, phrase, say
from actions.turn import Turn
from records.customers import Agent
from records.policies import policies_of, policy_detail

_OWN = re.compile(
    r"我们?(?:的|这份|保单的)?(?:业务员|代理人|经理|顾问)|(?:业务员|代理人).{0,4}是谁|谁是我|谁在?(?:管|负责|服务)"
)
OWN = "own"
"""Entity of the button that asks for the own agent."""


class AskAgent(Act):
    name = "action_ask_agent"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: Turn, heard: Heard
    ) -> list[EventType]:
        own = heard.entity(OWN) is not None or _OWN.search(heard.words) is not None
        if not own:
            more = [button("my_agent", "ask_agent", own="yes")]
            answer.explain(dispatcher, now, heard, product=None, more_buttons=more)
            return []
        customer_id = identified(dispatcher, now, heard, KNOWN)
        if customer_id is not None:
            lines = await _agents(now, customer_id)
            text = "\n".join(lines) if lines else phrase("utter_no_agent")
            say(dispatcher, text, buttons=[button("complain", "file_complaint"), human_button()])
        return []


async def _agents(now: Turn, customer_id: str) -> list[str]:
    """Who looks after each policy; of one who left, since when and who does now."""
    lines = []
    for policy in await policies_of(now.session, customer_id):
        full = await policy_detail(now.session, customer_id, policy.number)
        if full is not None and full.agent is not None:
            lines.append(_line(now, policy_choice.title(policy), full.agent))
    return lines


def _line(now: Turn, policy: str, agent: Agent) -> str:
    if agent.left_on is None or agent.left_on >= now.today:
        return phrase("own_agent", policy=policy, name=agent.name, code=agent.code)
    return phrase(
        "own_agent_left", policy=policy, name=agent.name, on=written.day_of_year(agent.left_on, now.today)
    )
