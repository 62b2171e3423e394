"""What WeChat's error numbers mean for a message that was to go out (全局返回码, api_sendcustommessage)."""

from __future__ import annotations

from gateway.channels.port import Blocked, Later, Outcome, Refused, Sent

TOKEN_STALE = frozenset({40001, 40014, 42001})
"""The access token is not, or no longer, valid."""

_OUTCOMES: dict[int, Outcome] = {
    0: Sent(),
    -1: Later("busy", 2),
    45009: Later("daily_limit", 60),
    45011: Later("minute_limit", 15),
    40164: Later("ip_not_listed", 60),
    40013: Later("wrong_credentials", 60),
    40125: Later("wrong_credentials", 60),
    45015: Blocked("window_closed"),
    45047: Blocked("quota", exhausted=True),
    48002: Blocked("refused_by_customer"),
    43004: Blocked("not_following"),
    50005: Blocked("not_following"),
    50002: Blocked("customer_limited"),
    48001: Blocked("no_permission"),
    48003: Blocked("agreement_missing"),
    48004: Blocked("api_banned"),
    40003: Refused("unknown_account"),
    40007: Refused("media_gone"),
    40037: Refused("unknown_template"),
    45002: Refused("too_long"),
    47003: Refused("template_values"),
}
_EXPLAINED = {
    -1: "WeChat is busy; try again",
    40001: "the access token is not accepted; the app secret may have been reset",
    40013: "the app id is wrong (WECHAT_APP_ID)",
    40125: "the app secret is wrong (WECHAT_APP_SECRET)",
    40164: "this server's address is not on the account's IP white list (基本配置 → IP白名单)",
    45009: "the daily limit of calls is used up",
    46003: "the account has no menu; push one: baodan wechat menu push",
    48001: "the account may not use this interface; it must be verified (认证)",
    48004: "WeChat has banned this interface for the account; see the notice in the console",
    50002: "the account is limited; see the notice in the console",
}


def outcome(code: int) -> Outcome:
    """What has become of a message that was answered with this number."""
    if code in TOKEN_STALE:
        return Later("token", 5)
    return _OUTCOMES.get(code, Refused(f"errcode_{code}"))


def explain(code: int, said: str) -> str:
    """The number in plain words, for whoever runs the account."""
    return f"{_EXPLAINED.get(code, said or 'no explanation')} ({code})"
