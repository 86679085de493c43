"""Names of several words: finding in a row of tokens the longest name that is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from engine.feel.errors import FeelSyntaxError
from engine.feel.tokens import Token, tokenize


def normalize(name: str) -> str:
    """``name`` with single blanks between its words."""
    return " ".join(name.split())


def _gaps(row: Sequence[Token]) -> list[bool]:
    return [token.end < following.position for token, following in itertools.pairwise(row)]


class KnownNames:
    """A set of names that are more than one token, e.g. ``time offset`` or ``first-name``.

    Blanks count: ``first-name`` is the known name, ``first - name`` a difference.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[list[str], list[bool], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make ``name`` known; one token needs no entry, text that is no row of tokens can never be written."""
        try:
            row = tokenize(name)[:-1]
        except FeelSyntaxError:
            return
        if len(row) < 2:
            return
        candidates = self._by_first.setdefault(row[0].text, [])
        candidates.append(([token.text for token in row], _gaps(row), normalize(name)))
        candidates.sort(key=lambda candidate: -len(candidate[0]))

    def longest(self, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
        """The longest known name that begins at ``index``, with its number of tokens."""
        for texts, gaps, name in self._by_first.get(tokens[index].text, ()):
            row = tokens[index : index + len(texts)]
            if [token.text for token in row] == texts and _gaps(row) == gaps:
                return name, len(texts)
        return None
