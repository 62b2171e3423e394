"""Which matters bring papers about somebody's health, and the consent asked for them; `health_papers.yml`."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import InvalidKnowledge


class HealthPapers(BaseModel):
    """`question` has {title} and {number} of the matter; `version` is kept with each consent to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: str = Field(min_length=1)
    question: str = Field(min_length=1)
    signs: tuple[re.Pattern[str], ...] = Field(min_length=1)

    @classmethod
    def load(cls, path: Path) -> HealthPapers:
        """InvalidKnowledge when the file is not of its form."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidKnowledge(path, 1, f"{first['loc']}: {first['msg']}") from error

    def expected_by(self, about: str) -> bool:
        """Whether papers for a matter about this may show somebody's health."""
        return any(sign.search(about) for sign in self.signs)
