"""Runs one action call of Rasa inside its turn."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions.act import Act
from actions.agent import AskAgent
from actions.answer import AnswerQuestion
from actions.human import RequestHuman
from actions.moves import Affirm, ExpressEmotion, Greet, Inform, Repeat, Say
from actions.payments import CheckPayment, PayPremium, ReportPaymentProblem
from actions.policies import CheckPolicy
from actions.progress import CheckClaim, CheckComplaint, CheckRequest
from actions.service_form import ValidateServiceForm
from actions.service_start import LeaveService, ResumeService, StartService, SubmitService
from actions.turn import Turn, current_turn
from actions.unclear import AskRecommendation, DefaultFallback, Disambiguate, OutOfScope
from actions.underwriting import CheckUnderwriting

ACTIONS: tuple[type[Act], ...] = (
    Affirm,
    AnswerQuestion,
    AskAgent,
    AskRecommendation,
    CheckClaim,
    CheckComplaint,
    CheckPayment,
    CheckPolicy,
    CheckRequest,
    CheckUnderwriting,
    DefaultFallback,
    Disambiguate,
    ExpressEmotion,
    Greet,
    Inform,
    LeaveService,
    OutOfScope,
    PayPremium,
    Repeat,
    ReportPaymentProblem,
    RequestHuman,
    ResumeService,
    Say,
    StartService,
    SubmitService,
    ValidateServiceForm,
)


def _executor() -> ActionExecutor:
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_function(action.name, action().called)
    return executor


EXECUTOR = _executor()


async def execute(turn: Turn, call: dict[str, Any]) -> dict[str, Any]:
    """The events and responses of the called action.

    rasa_sdk remembers the last domain it saw and would hand it to the next call, of any conversation: it
    gets none.

    Raises:
        rasa_sdk.interfaces.ActionExecutionRejection: when the action declines to run.
        rasa_sdk.interfaces.ActionNotFoundException: when there is no such action.
    """
    call["domain"] = {}
    EXECUTOR.domain = {}
    token = current_turn.set(turn)
    try:
        result = await EXECUTOR.run(call)
    finally:
        current_turn.reset(token)
    if result is None:
        raise ValueError("the call names no action")
    return dict(result.model_dump())
