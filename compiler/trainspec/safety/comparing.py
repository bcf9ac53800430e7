"""What differs between two texts, line by line, in bounded time.

difflib compares lines that occur often again and again: 54,000 comments of 150 kinds between 900 changed lines keep it
busy for an hour. Here the steps are counted, and beyond them all between the first and the last difference is one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate

MOST_STEPS = 2_000_000
"""A step takes a fifth of a microsecond."""
_AROUND = 3
"""Lines shown before and after a difference."""

Change = tuple[str, int, int, int, int]
"""As difflib has it: `equal`, `replace`, `delete` or `insert`, and the lines of the old and of the new text."""


def changes(old: Sequence[str], new: Sequence[str], steps: int = MOST_STEPS) -> list[Change]:
    """What becomes of the lines `old`, in order."""
    return list(_Bounded(old, new, steps).get_opcodes())


def unified(old: Sequence[str], new: Sequence[str], before: str, after: str, end: str = "\n") -> Iterator[str]:
    """A unified diff, as difflib's `unified_diff`; `end` closes the lines that are not of the texts."""
    groups = _Bounded(old, new, MOST_STEPS).get_grouped_opcodes(_AROUND)
    for number, group in enumerate(groups):
        if number == 0:
            yield f"--- {before}{end}"
            yield f"+++ {after}{end}"
        yield f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@{end}"
        for kind, first, last, start, stop in group:
            if kind == "equal":
                yield from (f" {line}" for line in old[first:last])
            else:
                yield from (f"-{line}" for line in old[first:last])
                yield from (f"+{line}" for line in new[start:stop])


def _range(start: int, stop: int) -> str:
    count = stop - start
    return f"{start + 1 if count else start}" if count == 1 else f"{start + bool(count)},{count}"


class _TooManyStepsError(Exception):
    """Comparing takes longer than anybody waits for."""


class _Bounded(SequenceMatcher[str]):
    """Counts, before each search for the longest match, the places that it looks at."""

    def __init__(self, old: Sequence[str], new: Sequence[str], steps: int) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._old, self._new, self._left = old, new, steps
        places = Counter(new)
        self._sums = [0, *accumulate(1 + places[line] for line in old)]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """The same, unless the steps are used up."""
        self._left -= self._sums[len(self._old) if ahi is None else ahi] - self._sums[alo]
        if self._left < 0:
            raise _TooManyStepsError
        return super().find_longest_match(alo, ahi, blo, bhi)

    def get_matching_blocks(self) -> list[Match]:
        """The same; where the steps are used up, what is equal at the beginning and at the end."""
        try:
            return super().get_matching_blocks()
        except _TooManyStepsError:
            return _ends(self._old, self._new)


def _ends(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """The lines before the first and after the last difference."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    blocks = [Match(0, 0, head), Match(len(old) - tail, len(new) - tail, tail)]
    return [*(each for each in blocks if each.size), Match(len(old), len(new), 0)]
