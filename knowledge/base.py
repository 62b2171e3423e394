"""The knowledge base: chooses the section that answers, or says what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from knowledge.answers import Answer, AskProduct, AskWhich, Candidate, Citation, Result, Unknown
from knowledge.documents import Kind, Product, Section
from knowledge.errors import InvalidKnowledge
from knowledge.glossary import read_glossary
from knowledge.loader import read_file
from knowledge.naming import ProductNames
from knowledge.search import Hit, Search
from knowledge.settings import InsurerSettings
from knowledge.topics import Topics

STRONG = 0.8
"""Score from which a section is said to be about the message."""
MARGIN = 0.85
"""A runner-up at or above this share of the best score makes the choice doubtful."""
OWN = 1.25
"""How much more a section of the product itself counts than a guide."""
MOST = 4
"""Never more buttons than this."""
FOLDERS = ("products", "guides", "law")


class KnowledgeBase:
    """All texts, immutable once loaded."""

    def __init__(
        self, sections: Sequence[Section], products: Iterable[Product], topics: Topics, settings: InsurerSettings
    ) -> None:
        self.sections = tuple(sections)
        self.products = {product.code: product for product in products}
        self.settings = settings
        self.topics = topics
        self._by_id: dict[str, list[Section]] = {}
        for section in sections:
            self._by_id.setdefault(section.id, []).append(section)
        self._names = ProductNames(self.products.values(), topics.lines)
        self._search = Search(self.sections, topics.filler, self._names.all_names())

    @classmethod
    def load(cls, folder: Path) -> KnowledgeBase:
        """Read every file below `folder`.

        Raises:
            InvalidKnowledge: with the file, the line and the reason of the first file that breaks its format.
        """
        settings = InsurerSettings.load(folder / "settings.yml")
        topics = Topics.load(folder / "topics.yml")
        values = settings.values()
        sections: list[Section] = []
        products: dict[str, Product] = {}
        seen: set[tuple[str, str]] = set()
        for path in sorted(path for name in FOLDERS for path in (folder / name).glob("*.md")):
            source, product, found = read_file(path, values)
            for section in found:
                if (section.id, source.version) in seen:
                    raise InvalidKnowledge(path, section.line, f"section '{section.id}' stands there twice")
                seen.add((section.id, source.version))
            known = products.get(product.code) if product else None
            if product and (known is None or known.source.effective_from < source.effective_from):
                products[product.code] = product
            sections += found
        sections += read_glossary(folder / "glossary.yml", values)
        return cls(sections, products.values(), topics, settings)

    def find_product(self, text: str) -> str | None:
        """Code of the product named in a text (longest alias wins), None when none or several are meant."""
        return self._names.find(text)

    def section(self, section_id: str, on: date | None = None) -> Section | None:
        """A section by id: the version in force on a day, else the newest."""
        versions = self._by_id.get(section_id, [])
        if on is not None:
            versions = [section for section in versions if section.source.in_force(on)]
        return max(versions, key=lambda section: section.source.effective_from, default=None)

    def clause(self, title: str, clause: str, version: str) -> Citation | None:
        """The public text behind a citation."""
        for section in self.sections:
            source = section.source
            if section.body and (source.title, section.clause, source.version) == (title, clause, version):
                return cite(section)
        return None

    def tell(self, section_id: str, on: date) -> Answer | None:
        """The answer of one section, for a button that names it."""
        section = self.section(section_id, on)
        return self._answer(section, on) if section and section.short else None

    def answer(self, intent: str, product: str | None, text: str, on: date) -> Result:
        """What may be said to a message.

        Args:
            intent: name of the intent, such as ask_waiting_period.
            product: code or any name of the product the conversation is about, if known; a product named in
                the text goes before it.
            text: the customer's words, or the id of a section that a button named.
            on: the day whose versions hold.
        """
        if text in self._by_id and (told := self.tell(text, on)):
            return told
        code = self._names.find(text)
        several = () if code else self._names.find_line(text)
        if code is None and not several and product:
            code = product if product in self.products else self._names.find(product)
        pool = [section for section in self.sections if intent in section.answers and section.source.in_force(on)]
        if not pool:
            return self._unknown(text, on)
        words = self._names.without_names(text) if code or several else text
        topic = self.topics.of(intent)
        if code is None and topic.needs_product:
            return self._without_product(intent, pool, words, several, on)
        return self._choose(intent, code, pool, words, on)

    def _choose(self, intent: str, code: str | None, pool: list[Section], words: str, on: date) -> Result:
        line = self.products[code].line if code else None
        fitting = [section for section in pool if _fits(section, code, line)]
        hits = sorted(
            (Hit(hit.section, hit.score * (OWN if hit.section.product else 1)) for hit in self._search.rank(words, fitting)),
            key=lambda hit: -hit.score,
        )
        strong = [hit for hit in hits if hit.score >= STRONG]
        close = [hit.section for hit in strong if hit.score >= MARGIN * strong[0].score]
        default = next((section for section in _own_first(fitting) if section.default), None)
        if len(close) == 1:
            return self._answer(close[0], on)
        if close and default in close:
            return self._answer(default, on)
        if close:
            return self._which(intent, close)
        if default:
            return self._answer(default, on)
        if len(fitting) == 1 and code:
            return self._answer(fitting[0], on)
        offered = [section for name in self.topics.of(intent).offer if (section := self.section(name, on))]
        if offered and not self._search.terms.cut(words):
            return self._which(intent, offered)
        return self._which(intent, offered) if offered and not hits else self._unknown(words, on)

    def _without_product(
        self, intent: str, pool: list[Section], words: str, several: tuple[str, ...], on: date
    ) -> Result:
        topic = self.topics.of(intent)
        special = [s for s in pool if not s.default and (not several or s.product in several or s.product is None)]
        strong = [hit for hit in self._search.rank(words, special) if hit.score >= STRONG]
        close = [hit.section for hit in strong if hit.score >= MARGIN * strong[0].score]
        guessed = self._names.guess(words) if topic.cues and not several else ()
        if guessed:
            close = [section for section in close if section.product in guessed or section.product is None] or close
        if len(close) == 1:
            return self._answer(close[0], on)
        codes = list(dict.fromkeys(section.product for section in close if section.product))
        if len(codes) == 1 or (not close and len(guessed) == 1):
            return self._choose(intent, codes[0] if codes else guessed[0], pool, words, on)
        offer = codes or list(several) or list(guessed) or [code for code in topic.offer if code in self.products]
        general = next((section for section in pool if section.default and section.product is None), None)
        if general and not codes and not several and not guessed:
            return self._answer(general, on)
        return AskProduct([self._product_candidate(intent, code, close) for code in offer[:MOST]])

    def _answer(self, section: Section, on: date) -> Answer:
        basis = [section] if section.body else []
        basis += [found for name in section.cites if (found := self.section(name, on)) and found.body]
        return Answer(section.short, [cite(found) for found in basis], list(section.next), section.id)

    def _which(self, intent: str, sections: Sequence[Section]) -> AskWhich:
        return AskWhich([_candidate(intent, section) for section in sections[:MOST]])

    def _product_candidate(self, intent: str, code: str, close: Sequence[Section]) -> Candidate:
        entities = {"product": code}
        topic = next((section for section in close if section.product == code), None)
        if topic:
            entities["section"] = topic.id
        return Candidate(code, self.products[code].aliases[0], f"/{intent}" + json.dumps(entities, ensure_ascii=False))

    def _unknown(self, words: str, on: date) -> Unknown:
        near = [
            hit.section
            for hit in self._search.rank(words)
            if hit.score >= STRONG / 2 and hit.section.answers and hit.section.source.in_force(on)
        ][:3]
        return Unknown(
            [section.title for section in near], [_candidate(section.answers[0], section) for section in near]
        )


def cite(section: Section) -> Citation:
    """The citation of a section that has a text of its own."""
    return Citation(section.source.title, section.clause, section.source.version, section.body)


def _fits(section: Section, code: str | None, line: str | None) -> bool:
    if section.product is not None:
        return section.product == code
    return not section.lines or line is None or line in section.lines


def _own_first(sections: Sequence[Section]) -> list[Section]:
    return sorted(sections, key=lambda section: (section.product is None, section.source.kind is Kind.GLOSSARY))


def _candidate(intent: str, section: Section) -> Candidate:
    entities = {"section": section.id}
    if section.product:
        entities["product"] = section.product
    return Candidate(section.id, section.title, f"/{intent}" + json.dumps(entities, ensure_ascii=False))
