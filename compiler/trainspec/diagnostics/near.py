"""Known words that a misspelled one may mean: the most likely one as a question, the only possible one as a fact."""

import re
from collections.abc import Iterable, Sized

from trainspec.safety.budget import affords_suggestion

_CLOSE, _LIKELY = 0.7, 0.6
_SHORT, _SHORT_ALIKE = 3, 0.75
"""In such a short word, one different letter makes another word."""
_FEW = 8
"""Among so few known words one of three letters that begins alike may still be meant: `mim` for `min`."""
_LONGEST = 64
_LENGTHS = (3, 6)
"""A word must have so many letters for one slip in it, and for two."""
_FOR_EACH = 8
_WITH_DIGIT = re.compile(r"[^.\s-]*[0-9][^.\s-]*")


def did_you_mean(word: str, known: Iterable[str], alike: float = _LIKELY) -> str | None:
    """The known word that `word` most likely means: a question for the reader, or None.

    `alike` is the required similarity, if the word can also mean others.
    """
    candidates = list(known)
    if not _affords(word, candidates):
        return None
    sure = the_one(word, candidates)
    if sure is None:
        by_folded = {folded(candidate): candidate for candidate in candidates}
        cutoff = max(alike, _SHORT_ALIKE) if len(folded(word)) <= _SHORT else alike
        near = _closest(folded(word), by_folded, 1, cutoff)
        sure = by_folded[near[0]] if near else None
        if sure is None and len(folded(word)) == _SHORT and len(candidates) <= _FEW:
            near = [each for each in candidates if each[:2] == word[:2] and len(each) == _SHORT]
            sure = near[0] if len(near) == 1 else None
    return f"did you mean `{sure}`?" if sure is not None else None


def the_one(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` can only mean, or None if there is none, or if it is ambiguous.

    It is spelled otherwise (`MaxRuntime`, `max-runtime`), or cut (`m5.large` for `ml.m5.large`), or its last part is a
    slip or two of the keyboard away, and every other known word is further away. Parts with a digit in them are never
    taken for one another: `ml.m5.xlarge` and `ml.m6.xlarge` both exist.
    """
    candidates = list(dict.fromkeys(known))
    if len(word) > _LONGEST or word in candidates or not _affords(word, candidates):
        return None
    same = [each for each in candidates if folded(each) == folded(word)]
    cut = [each for each in candidates if each.endswith(f".{word}")]
    for found in (same, cut):
        if found:
            return found[0] if len(found) == 1 else None
    head, dot, tail = word.rpartition(".")
    tails = [each.removeprefix(head + dot) for each in candidates if each.startswith(head + dot)]
    by_folded = {folded(each): head + dot + each for each in tails}
    close = _closest(folded(tail), by_folded, 6, _CLOSE)
    distances = sorted((_slips(folded(tail), each), each) for each in close)
    most = sum(len(folded(tail)) >= length for length in _LENGTHS)
    if not distances or distances[0][0] > most or (len(distances) > 1 and distances[1][0] == distances[0][0]):
        return None
    nearest = by_folded[distances[0][1]]
    return nearest if _WITH_DIGIT.findall(nearest) == _WITH_DIGIT.findall(word) else None


def _affords(word: str, candidates: Sized) -> bool:
    """Whether the file's budget has room for comparing `word` with so many others."""
    return affords_suggestion(len(candidates) * (len(word) + _FOR_EACH))


def folded(word: str) -> str:
    """Spellings that differ only in case and separators are the same word: `MaxRuntime`, `max-runtime`."""
    return word.replace("_", "").replace("-", "").lower()


def _closest(word: str, candidates: Iterable[str], count: int, cutoff: float) -> list[str]:
    """What difflib's `get_close_matches` gives; nothing if comparing takes more than the file's budget has."""
    from difflib import SequenceMatcher  # a run without a misspelled word needs neither
    from heapq import nlargest

    matcher = SequenceMatcher()
    matcher.set_seq2(word)
    found = []
    for each in candidates:
        matcher.set_seq1(each)
        if matcher.real_quick_ratio() < cutoff or matcher.quick_ratio() < cutoff:
            continue
        if not affords_suggestion(len(each) * len(word)):
            return []
        if (alike := matcher.ratio()) >= cutoff:
            found.append((alike, each))
    return [each for _, each in nlargest(count, found)]


def _slips(one: str, other: str) -> int:
    """How many letters to add, drop, change or swap with their neighbor to turn `one` into `other`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        older, before = before, row
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and (left, one[i - 2]) == (other[j - 2], right):
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
