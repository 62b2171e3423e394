"""Every model, so that `Base.metadata` is whole: migrations and tests import this module."""

from records import (
    applications,
    attempts,
    audit,
    challenges,
    claims,
    complaints,
    conversations,
    customers,
    documents,
    installation,
    numbers,
    policies,
    premiums,
    products,
    requests,
    site_tokens,
    sms,
    staff,
    staff_sessions,
    tasks,
)
from records.base import Base

metadata = Base.metadata

__all__ = [
    "applications",
    "attempts",
    "audit",
    "challenges",
    "claims",
    "complaints",
    "conversations",
    "customers",
    "documents",
    "installation",
    "metadata",
    "numbers",
    "policies",
    "premiums",
    "products",
    "requests",
    "site_tokens",
    "sms",
    "staff",
    "staff_sessions",
    "tasks",
]
