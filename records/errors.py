"""What can go wrong in the records room; callers turn these into sentences for people."""

from __future__ import annotations


class RecordsError(Exception):
    """Base of every error of this room."""


class WrongStateError(RecordsError):
    """A record cannot go from the state it is in to the one asked for."""

    def __init__(self, record: str, state: str, wanted: str) -> None:
        super().__init__(f"{record} is {state} and cannot become {wanted}.")
        self.state = state
        self.wanted = wanted


class NoSuchRecordError(RecordsError):
    """No record has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"There is no record {number}.")
        self.number = number


class MissingTextError(RecordsError):
    """A step that a customer or an auditor reads about needs its words; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"This step needs {field}.")
        self.field = field


class SamePersonError(RecordsError):
    """Whoever asks for an approval cannot be the one who gives it."""

    def __init__(self) -> None:
        super().__init__("An approval needs a second person.")


class DifferentPersonError(RecordsError):
    """Records of two people cannot be made into one."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} belong to different people.")


class HoldsRealDataError(RecordsError):
    """The demo insurer may only be loaded into an empty database; this one holds records of its own."""

    def __init__(self, table: str) -> None:
        super().__init__(f"The demo data was not loaded: table {table} already holds records.")


class PersonalDataInAuditError(RecordsError):
    """An audit entry carries ids and codes only, so that erasing a person does not break its chain."""

    def __init__(self, subject: str, action: str) -> None:
        super().__init__(
            f"The audit detail of {action} on {subject} holds an identity, phone or card number."
        )
