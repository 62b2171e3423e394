"""The knowledge base: chooses the section that answers, or says what is missing."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.answers import Answer, AskProduct, AskWhich, Candidate, Citation, Result, Unknown
from knowledge.contents import Contents
from knowledge.documents import Section
from knowledge.fitting import fits, having, own_first, shared
from knowledge.meaning import VectorCache
from knowledge.naming import ProductNames
from knowledge.sayable import Sayable
from knowledge.search import CLOSE, WEAK, Hit, Search
from knowledge.topics import Topic

SURE = 0.5
"""Likelihood among the sections that may answer from which one is told at once."""
DOUBT = 0.12
"""Likelihood from which a section is offered when none is sure."""
SURE_PRODUCT = 0.95
"""The same for the product: to answer for the wrong one is worse than to ask."""
OWN_LEAD = 2.0
"""How much more a section of the product counts than a guide, when the product is known."""
NEAR = 0.4
"""Share of a rare word by which a section of the product talked about is about the words."""
ELSEWHERE_LEAD = 7.0
"""By how much a section of another product must lead for the talk of this product to be over. Of wordings
held out of the search, 3 % lead so far without being about the other."""
NEAREST = 3
"""How many sections are offered when nothing answers."""
RIDERS = "riders"
"""Key of the guide with the terms of riders; `lines` of its sections say which products they fit."""
MOST = 4
"""Never more buttons than this."""


@dataclass(frozen=True)
class _Question:
    intent: str
    text: str
    plain: str
    words: str
    hits: tuple[Hit, ...]
    about: str | None
    on: date

    @property
    def pool(self) -> list[Section]:
        """The sections that answer the intent, best first."""
        return [hit.section for hit in self.hits]


class KnowledgeBase:
    """All texts, immutable once loaded."""

    def __init__(self, contents: Contents, vectors: VectorCache) -> None:
        self.products = contents.products
        self.settings = contents.settings
        self.topics = contents.topics
        self.library = contents.library
        self.rates = contents.rates
        self._sayable = Sayable(contents.guard, contents.settings)
        self._names = ProductNames(self.products.values(), self.topics.lines)
        self.search = Search(
            self.library.sections,
            self.topics,
            self._names.all_names(),
            contents.asked,
            contents.elsewhere,
            vectors,
        )

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

    def riders(self, product: str, on: date) -> list[str]:
        """Titles of the riders that fit a product, each with terms that can be asked for."""
        own, line = self.library.find(f"{product}.riders", on), self.products[product].line
        shared = [one for one in self.library if one.source.key == RIDERS and line in one.lines]
        return [one.title for one in ([own] if own else []) + shared if one.source.in_force(on)]

    def clause(self, title: str, clause: str, version: str) -> Citation | None:
        """The public text behind a citation."""
        tables = (one for one in self.rates.values() if (one.title, one.version) == (title, version))
        table = next(tables, None)
        if table:
            return Citation(table.title, "", table.version, table.body)
        return self.library.clause(title, clause, version)

    def objections(self, answer: Answer) -> list[str]:
        """Why an answer must not be said: a sentence that breaks a rule, a number that its source has not."""
        return self._sayable.objections(answer)

    def answer(
        self, intent: str, product: str | None, text: str, on: date, began: date | None = None
    ) -> Result:
        """What may be said to a message.

        Args:
            intent: name of the intent, such as ask_waiting_period.
            product: code or any name of the product the conversation is about, if known; a product named in
                the text goes before it.
            text: the customer's words, or the id of a section that a button named.
            on: the day whose versions hold.
            began: the day an own contract of `product` began; the clauses of that product are those of then.
        """
        own = self._code(product)
        began = began if own and self._had_clauses(own, began) else None
        named = self.library.find(text, began if began and text.startswith(f"{own}.") else on)
        if named and named.short:
            return self._tell(named, on)
        code = self._names.find(text)
        several = () if code else self._names.find_line(text)
        topic = self.topics.of(intent)
        plain = self._names.without_names(text)
        words = self.search.terms.without(plain, topic.generic)
        pool = self.library.answering(intent, on)
        if began:
            pool = [one for one in pool if one.product != own]
            pool += [one for one in self.library.answering(intent, began) if one.product == own]
        hits = tuple(self.search.rank(words, pool, text))
        question = _Question(intent, text, plain, words, hits, code or own, on)
        if not pool:
            return self._unknown(question)
        if self._says_something(question):
            if self.search.is_foreign(plain, question.hits[0]):
                return Unknown([], [])
            if question.hits[0].score < WEAK:
                return self._unknown(question)
        if topic.by_name and not question.hits[0].key:
            return self._unknown(question)
        before = None if code or several else own
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
            (hit for hit in self.search.rank(words, text=words) if hit.key),
            key=lambda hit: -hit.score - (OWN_LEAD if code and hit.section.product == code else 0),
        )
        return [hit.section for hit in ranked if hit.section.source.in_force(on)][:limit]

    def _code(self, product: str | None) -> str | None:
        return product if not product or product in self.products else self._names.find(product)

    def _had_clauses(self, code: str, on: date | None) -> bool:
        return on is not None and any(s.product == code and s.source.in_force(on) for s in self.library)

    def _elsewhere(self, question: _Question, before: str, topic: Topic) -> bool:
        """Whether the words tell of another product than the one the conversation was about."""
        if not topic.cues:
            return False
        own = [hit for hit in question.hits if hit.section.product == before]
        others = [hit.score for hit in question.hits if hit.section.product not in {None, before}]
        if own and others and others[0] > own[0].score + ELSEWHERE_LEAD:
            return True
        guessed = self._names.guess(question.text)
        return bool(guessed) and before not in guessed and not any(hit.key >= NEAR for hit in own)

    def _choose(self, question: _Question, code: str | None) -> Result:
        """The best section for a product, or of the guides when no product is known."""
        line = self.products[code].line if code else None
        fitting = [section for section in question.pool if fits(section, code, line)]
        default = next((section for section in own_first(fitting) if section.default), None)
        fitting = [section for section in fitting if not section.default or section is default]
        if not fitting:
            return self._unknown(question)
        if not self._says_something(question):
            return self._nothing_special(question, fitting, default)
        ranked = self._likely(question, fitting, OWN_LEAD if code else 0)
        if ranked[0][1] >= SURE or len(fitting) == 1:
            return self._tell(ranked[0][0], question.on)
        close = [section for section, share in ranked[:MOST] if share >= DOUBT]
        if len(close) < 2:
            return self._tell(ranked[0][0], question.on)
        return AskWhich([_candidate(question.intent, section) for section in close])

    def _nothing_special(
        self, question: _Question, fitting: Sequence[Section], default: Section | None
    ) -> Result:
        """The message says no more than its intent: the default, else what the topic offers."""
        if default or len(fitting) == 1:
            return self._tell(default or fitting[0], question.on)
        named = [self.library.find(name, question.on) for name in self.topics.of(question.intent).offer]
        offered = [section for section in named if section and section in fitting]
        if offered:
            return AskWhich([_candidate(question.intent, section) for section in offered[:MOST]])
        return self._unknown(question)

    def _without_product(self, question: _Question, several: tuple[str, ...]) -> Result:
        """The product matters and is not named: the event may tell it, else it is asked for."""
        topic = self.topics.of(question.intent)
        pool = [s for s in question.pool if not s.product or not several or s.product in several]
        ranked = self._likely(question, pool, 0) if self._says_something(question) else []
        if (common := shared(ranked, SURE)) is not None:
            return self._tell(common, question.on)
        guessed = self._names.guess(question.words) if topic.cues and not several else ()
        shares: dict[str, float] = dict.fromkeys(guessed, 1.0)
        for section, share in ranked:
            if section.product:
                shares[section.product] = shares.get(section.product, 0.0) + share
        codes = sorted(shares, key=lambda code: -shares[code])
        whole = sum(shares.values())
        if codes and guessed == (codes[0],):
            return self._choose(question, codes[0])
        likely = [code for code in codes if shares[code] >= DOUBT * whole]
        if codes and shares[codes[0]] >= SURE_PRODUCT * whole:
            likely = having(ranked[0][0], pool)
            if len(likely) == 1:
                return self._choose(question, codes[0])
            return AskProduct([self._product_candidate(question, code) for code in likely[:MOST]])
        offer = dict.fromkeys([*likely, *(several or topic.offer)])
        return AskProduct([self._product_candidate(question, code) for code in [*offer][:MOST]])

    def _says_something(self, question: _Question) -> bool:
        """Whether more is left than one sign when what tells nothing is taken away."""
        return len(self.search.terms.strip(question.words).replace(" ", "")) > 1

    def _likely(
        self, question: _Question, pool: Collection[Section], own_lead: float
    ) -> list[tuple[Section, float]]:
        """Sections and how likely each is the one that answers, best first; together 1."""
        among = set(pool)
        leads = {
            hit.section: hit.score + (own_lead if hit.section.product else 0)
            for hit in question.hits
            if hit.section in among
        }
        best = max(leads.values())
        weights = {section: math.exp(lead - best) for section, lead in leads.items()}
        whole = sum(weights.values())
        ranked = sorted(weights.items(), key=lambda one: (-one[1], one[0].id))
        return [(section, weight / whole) for section, weight in ranked]

    def _tell(self, section: Section, on: date) -> Answer:
        return Answer(section.short, self.library.basis(section, on), list(section.next), section.id)

    def _product_candidate(self, question: _Question, code: str) -> Candidate:
        return Candidate(code, self.products[code].label, _payload(question.intent, {"product": code}))

    def _unknown(self, question: _Question) -> Unknown:
        """Nothing answers the intent; what is about the words all the same is offered, each title once."""
        near: dict[str, Section] = {}
        for hit in self.search.rank(question.words, text=question.plain):
            if hit.score < CLOSE or len(near) == NEAREST:
                break
            section = hit.section
            if (
                section.answers
                and section.product in {None, question.about}
                and section.source.in_force(question.on)
            ):
                near.setdefault(section.title, section)
        candidates = [_candidate(section.answers[0], section) for section in near.values()]
        return Unknown([*near], candidates)


def _candidate(intent: str, section: Section) -> Candidate:
    entities = {"product": section.product} if section.product else {}
    return Candidate(section.id, section.title, _payload(intent, entities | {"section": section.id}))


def _payload(intent: str, entities: dict[str, str]) -> str:
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"
