"""Every route × every role, against a table written by hand."""

from __future__ import annotations

import pytest

from desk.web import all_routes
from tests.desk.conftest import Specialist

LOGINS = {"S": "lin", "V": "tang", "U": "audit", "A": "admin"}
"""Specialist, supervisor, auditor, administrator."""
SOME_ID = "6b0f3f0e-0000-4000-8000-000000000000"

TABLE = """
GET  /desk/api/me                                       S V U A
POST /desk/api/logout                                   S V U A
GET  /desk/api/second_factor                            S V U A
POST /desk/api/second_factor/begin                      S V U A
POST /desk/api/second_factor/confirm                    S V U A
POST /desk/api/second_factor/remove                     S V U A
GET  /desk/api/sessions                                 S V U A
POST /desk/api/sessions/{session}/end                   S V U A
GET  /desk/api/accounts                                 - - U A
POST /desk/api/accounts/{login}/end_sessions            - - - A
POST /desk/api/accounts/{login}/reset_second_factor     - - - A
POST /desk/api/accounts/{login}/close                   - - - A
POST /desk/api/accounts/{login}/open                    - - - A
GET  /desk/api/staff                                    S V U A
POST /desk/api/presence                                 S V - -
POST /desk/api/presence/alive                           S V U A
POST /desk/api/conversations/next                       S V - -
GET  /desk/api/conversations                            S V U A
GET  /desk/api/conversations/{id}                       S V U A
GET  /desk/api/conversations/{id}/customer              S V U A
POST /desk/api/conversations/{id}/reveal                S V - -
GET  /desk/api/conversations/{id}/files/{file}          S V U A
POST /desk/api/conversations/{id}/files                 S V - -
GET  /desk/api/conversations/{id}/canned                S V - -
POST /desk/api/canned                                   S V - -
POST /desk/api/canned/{canned}/remove                   S V - -
GET  /desk/api/knowledge                                S V U A
POST /desk/api/conversations/{id}/claim                 S V - -
POST /desk/api/conversations/{id}/take_over             S V - -
POST /desk/api/conversations/{id}/reply                 S V - -
POST /desk/api/conversations/{id}/note                  S V - -
POST /desk/api/conversations/{id}/transfer              S V - -
POST /desk/api/conversations/{id}/hand_back             S V - -
POST /desk/api/conversations/{id}/close                 S V - -
POST /desk/api/conversations/{id}/mark                  S V - -
GET  /desk/api/intents                                  S V U A
GET  /desk/api/marks                                    - V U A
GET  /desk/api/marks.csv                                - V U A
POST /desk/api/conversations/{id}/whisper               - V - -
POST /desk/api/conversations/{id}/assign                - V - -
GET  /desk/api/tasks                                    S V U A
POST /desk/api/tasks/{number}/take                      S V - -
POST /desk/api/tasks/{number}/finish                    S V - -
GET  /desk/api/complaints                               S V U A
GET  /desk/api/requests                                 S V U A
POST /desk/api/tasks                                    S V - -
POST /desk/api/tasks/{number}/postpone                  S V - -
POST /desk/api/tasks/{number}/pass                      S V - -
POST /desk/api/tasks/{number}/cancel                    S V - -
GET  /desk/api/requests/{number}                        S V U A
GET  /desk/api/requests/{number}/files/{file}           S V U A
GET  /desk/api/requests/{number}/slip                   S V - -
POST /desk/api/requests/{number}/reveal                 S V - -
POST /desk/api/requests/{number}/files/{file}/name      S V - -
POST /desk/api/requests/{number}/take_up                S V - -
POST /desk/api/requests/{number}/ask_documents          S V - -
POST /desk/api/requests/{number}/approve                S V - -
POST /desk/api/requests/{number}/finish                 S V - -
POST /desk/api/requests/{number}/reject                 S V - -
POST /desk/api/requests/{number}/withdraw               S V - -
GET  /desk/api/extensions                               S V U A
GET  /desk/api/complaints/{number}                      S V U A
GET  /desk/api/complaints/{number}/letter               S V - -
POST /desk/api/complaints/{number}/take_up              S V - -
POST /desk/api/complaints/{number}/ask                  S V - -
POST /desk/api/complaints/{number}/decide               S V - -
POST /desk/api/complaints/{number}/close                S V - -
POST /desk/api/complaints/{number}/withdraw             S V - -
POST /desk/api/complaints/{number}/check_again          S V - -
POST /desk/api/complaints/{number}/merge                S V - -
POST /desk/api/complaints/{number}/pause                S V - -
POST /desk/api/complaints/{number}/resume               S V - -
POST /desk/api/complaints/{number}/extend               S V - -
POST /desk/api/complaints/{number}/root_cause           S V - -
POST /desk/api/complaints/{number}/extend/approve       - V - -
POST /desk/api/complaints/{number}/extend/refuse        - V - -
POST /desk/api/complaints/{number}/restart              - V - -
GET  /desk/api/archives                                 S V U A
GET  /desk/api/archives/{policy}                        S V U A
POST /desk/api/archives/{policy}/papers                 S V - -
POST /desk/api/archives/{policy}/papers/{paper}/move    S V - -
GET  /desk/api/mismatches                               S V U A
GET  /desk/api/knowledge/changes                        S V U A
POST /desk/api/knowledge/acknowledge                    S V U A
GET  /desk/api/events                                   S V U A
GET  /desk/api/wall                                     - V U A
GET  /desk/api/reports                                  - V U A
GET  /desk/api/reports/{table}.csv                      - V U A
GET  /desk/api/audit                                    - V U A
GET  /desk/api/audit/verify                             - V U A
"""


def _rows() -> dict[tuple[str, str], str]:
    rows = {}
    for line in TABLE.strip().splitlines():
        method, path, *letters = line.split()
        rows[method, path] = "".join(letters).replace("-", "")
    return rows


def test_the_table_names_every_route_that_needs_a_session() -> None:
    assert _rows().keys() == {(one.method, one.path) for one in all_routes() if one.roles is not None}


@pytest.mark.parametrize("letter", list(LOGINS))
async def test_each_role_reaches_what_the_table_says_and_nothing_else(
    anybody: Specialist, letter: str
) -> None:
    await anybody.log_in(LOGINS[letter])
    ordered = sorted(_rows().items(), key=lambda row: row[0][1].endswith("/logout"))
    reached = {row: await _reaches(anybody, *row) for row, _ in ordered}
    assert reached == {row: letter in allowed for row, allowed in ordered}


async def test_nobody_reaches_anything_without_a_session(anybody: Specialist) -> None:
    for method, path in _rows():
        async with anybody.web.request(method, _filled(path)) as response:
            assert response.status == 401, (method, path)


async def _reaches(who: Specialist, method: str, path: str) -> bool:
    async with who.web.request(method, _filled(path), headers={"X-CSRF": who.csrf}) as response:
        if response.status != 403:
            return True
        body = await response.json()
    assert body["error"]["code"] == "not_allowed", (method, path, body)
    return False


def _filled(path: str) -> str:
    for name in ("id", "session", "file"):
        path = path.replace(f"{{{name}}}", SOME_ID)
    for name in ("login", "number", "canned", "table", "policy", "paper"):
        path = path.replace(f"{{{name}}}", "nobody")
    return path
