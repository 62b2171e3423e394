"""Short addresses of clauses, so that a citation costs few of a message's bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from knowledge.answers import Citation
from knowledge.base import KnowledgeBase

PATH = "/wechat/clause"


def url(page_url: str, citation: Mapping[str, Any]) -> str:
    """Where the clause can be read."""
    return f"{page_url}{PATH}/{_code(citation['title'], citation['clause'], citation['version'])}"


def find(knowledge: KnowledgeBase, code: str) -> Citation | None:
    """The clause behind an address; None when there is none, or its version is no longer in force."""
    for section in knowledge.library.sections:
        source = section.source
        if section.body and _code(source.title, section.clause, source.version) == code:
            return knowledge.clause(source.title, section.clause, source.version)
    return None


def _code(title: str, clause: str, version: str) -> str:
    return hashlib.sha256(f"{title}\n{clause}\n{version}".encode()).hexdigest()[:12]
