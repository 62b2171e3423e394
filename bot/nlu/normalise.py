"""Length-preserving normalisation: every character stays where it stood, so typed spans stay valid."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


def normalise(text: str) -> str:
    """Half-width, simplified, lower-case `text` of the same length: `２０２６年買Ａ` → `2026年买a`."""
    return text.translate(_table())


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    table.update({code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)})
    table.update({ord("\u3000"): " ", ord("。"): ".", ord("、"): ",", ord("“"): '"', ord("”"): '"'})
    for traditional, simplified in _simplified():
        table[ord(traditional)] = simplified
    return table


def _simplified() -> list[tuple[str, str]]:
    """Single characters of OpenCC's table; 著, 乾 and others that depend on the word take its first one."""
    lines = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line]
    firsts = [(pair[0], pair[1].split(" ")[0]) for pair in pairs]
    return [
        (traditional, simplified)
        for traditional, simplified in firsts
        if len(traditional) == len(simplified) == 1
    ]
