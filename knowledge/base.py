"""The knowledge base: chooses the section that answers, or says what is missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.answers import Answer, AskProduct, AskWhich, Candidate, Citation, Result, Unknown
from knowledge.contents import Contents
from knowledge.documents import Section
from knowledge.meaning import VectorCache
from knowledge.naming import ProductNames
from knowledge.search import Hit, Search
from knowledge.topics import Topic

STRONG = 0.6
"""Score from which a section is said to be about the message."""
TELLING = 0.8
"""Score from which a section alone tells which product is meant."""
NEAR = 0.4
"""Score from which a section is offered when none is about the message."""
MARGIN = 0.85
"""A runner-up at or above this share of the best score makes the choice doubtful."""
PRODUCT_MARGIN = 0.6
"""The same between products: to answer for the wrong one is worse than to ask."""
OWN = 1.25
"""How much more a section of the product itself counts than a guide."""
PREFERRED = 2.0
"""How much more a section of the product that is named counts in a look-up."""
MOST = 4
"""Never more buttons than this."""


@dataclass(frozen=True)
class _Question:
    intent: str
    text: str
    words: str
    pool: tuple[Section, ...]
    on: date


class KnowledgeBase:
    """All texts, immutable once loaded."""

    def __init__(self, contents: Contents, vectors: VectorCache) -> None:
        self.products = contents.products
        self.settings = contents.settings
        self.topics = contents.topics
        self.library = contents.library
        self._names = ProductNames(self.products.values(), self.topics.lines)
        self._search = Search(self.library.sections, self.topics, self._names.all_names(), vectors)

    @classmethod
    def load(cls, folder: Path, kept: Path | None = None) -> KnowledgeBase:
        """Read every file below `folder` and make it searchable; `kept` is where what costs time is kept.

        Raises:
            InvalidKnowledge: with the file, the line and the reason of the first file that breaks its format.
        """
        return cls(Contents.load(folder), VectorCache(kept))

    def find_product(self, text: str) -> str | None:
        """Code of the product named in a text (longest alias wins), None when none or several are meant."""
        return self._names.find(text)

    def section(self, section_id: str, on: date | None = None) -> Section | None:
        """A section by id: the version in force on a day, else the newest."""
        return self.library.find(section_id, on)

    def clause(self, title: str, clause: str, version: str) -> Citation | None:
        """The public text behind a citation."""
        return self.library.clause(title, clause, version)

    def answer(self, intent: str, product: str | None, text: str, on: date) -> Result:
        """What may be said to a message.

        Args:
            intent: name of the intent, such as ask_waiting_period.
            product: code or any name of the product the conversation is about, if known; a product named in
                the text goes before it.
            text: the customer's words, or the id of a section that a button named.
            on: the day whose versions hold.
        """
        named = self.library.find(text, on)
        if named and named.short:
            return self._tell(named, on)
        code = self._names.find(text)
        several = () if code else self._names.find_line(text)
        before = None if code or several else self._code(product)
        topic = self.topics.of(intent)
        words = self._search.terms.without(self._names.without_names(text), topic.generic)
        question = _Question(intent, text, words, tuple(self.library.answering(intent, on)), on)
        if not question.pool:
            return self._unknown(question)
        code = code or (before if before and not self._elsewhere(question, before, topic) else None)
        if code is None and topic.needs_product:
            return self._without_product(question, several)
        return self._choose(question, code)

    def look_up(self, words: str, on: date, limit: int) -> list[Section]:
        """Sections in force on a day that have something of the words, best first: for specialists to read.

        A product named in the words goes before others.
        """
        code = self._names.find(words)
        ranked = sorted(
            self._search.rank(words, text=words),
            key=lambda hit: -hit.score * (PREFERRED if code and hit.section.product == code else 1),
        )
        return [hit.section for hit in ranked if hit.section.source.in_force(on)][:limit]

    def _code(self, product: str | None) -> str | None:
        return product if not product or product in self.products else self._names.find(product)

    def _elsewhere(self, question: _Question, before: str, topic: Topic) -> bool:
        """Whether the words tell of another product than the one the conversation was about."""
        guessed = self._names.guess(question.text) if topic.cues else ()
        if not guessed or before in guessed:
            return False
        return not self._strong(question, [section for section in question.pool if section.product == before])

    def _choose(self, question: _Question, code: str | None) -> Result:
        """The best section for a product, or of the guides when no product is known."""
        line = self.products[code].line if code else None
        fitting = [section for section in question.pool if _fits(section, code, line)]
        default = next((section for section in _own_first(fitting) if section.default), None)
        fitting = [section for section in fitting if not section.default or section is default]
        close = _within(MARGIN, self._strong(question, fitting))
        if len(close) == 1:
            return self._tell(close[0], question.on)
        if default and (not close or default in close):
            return self._tell(default, question.on)
        if close:
            return AskWhich([_candidate(question.intent, section) for section in close[:MOST]])
        if code and len(fitting) == 1:
            return self._tell(fitting[0], question.on)
        named = [self.library.find(name, question.on) for name in self.topics.of(question.intent).offer]
        offered = [section for section in named if section and section in fitting]
        if offered:
            return AskWhich([_candidate(question.intent, section) for section in offered[:MOST]])
        return self._unknown(question)

    def _without_product(self, question: _Question, several: tuple[str, ...]) -> Result:
        """The product matters and is not named: the event may tell it, else it is asked for."""
        topic = self.topics.of(question.intent)
        special = [s for s in question.pool if not s.default and (not several or s.product in several)]
        strong = self._strong(question, special)
        guessed = self._names.guess(question.words) if topic.cues and not several else ()
        strong = [hit for hit in strong if hit.section.product in guessed] or strong
        if not guessed and not several:
            strong = [hit for hit in strong if hit.score >= TELLING]
        codes = _products(_within(PRODUCT_MARGIN, strong))
        if len(codes) == 1 or (not codes and len(guessed) == 1):
            return self._choose(question, codes[0] if codes else guessed[0])
        offer = _products([hit.section for hit in strong]) or several or guessed or topic.offer
        return AskProduct([self._product_candidate(question.intent, code, strong) for code in offer[:MOST]])

    def _strong(self, question: _Question, pool: Sequence[Section]) -> list[Hit]:
        """The sections that are about the words, best first; those of a product weigh more than guides."""
        ranked = self._search.rank(question.words, pool, question.text)
        hits = [Hit(hit.section, hit.score * (OWN if hit.section.product else 1)) for hit in ranked]
        return sorted(
            (hit for hit in hits if hit.score >= STRONG), key=lambda hit: (-hit.score, hit.section.id)
        )

    def _tell(self, section: Section, on: date) -> Answer:
        return Answer(section.short, self.library.basis(section, on), list(section.next), section.id)

    def _product_candidate(self, intent: str, code: str, strong: Sequence[Hit]) -> Candidate:
        topic = next((hit.section.id for hit in strong if hit.section.product == code), None)
        entities = {"product": code} | ({"section": topic} if topic else {})
        return Candidate(code, self.products[code].label, _payload(intent, entities))

    def _unknown(self, question: _Question) -> Unknown:
        near = [
            hit.section
            for hit in self._search.rank(question.words, text=question.text)
            if hit.score >= NEAR and hit.section.answers and hit.section.source.in_force(question.on)
        ][:3]
        titles = [section.title for section in near]
        return Unknown(titles, [_candidate(section.answers[0], section) for section in near])


def _fits(section: Section, code: str | None, line: str | None) -> bool:
    if section.product is not None:
        return section.product == code
    return not section.lines or line is None or line in section.lines


def _within(margin: float, strong: Sequence[Hit]) -> list[Section]:
    return [hit.section for hit in strong if hit.score >= margin * strong[0].score]


def _products(sections: Sequence[Section]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(section.product for section in sections if section.product))


def _own_first(sections: Sequence[Section]) -> list[Section]:
    return sorted(sections, key=lambda section: section.product is None)


def _candidate(intent: str, section: Section) -> Candidate:
    entities = {"product": section.product} if section.product else {}
    return Candidate(section.id, section.title, _payload(intent, entities | {"section": section.id}))


def _payload(intent: str, entities: dict[str, str]) -> str:
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"
