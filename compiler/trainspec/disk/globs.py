"""Globs, matched in a time that no pattern can make excessive.

`*` and `?` stay within a part of a path, `**` stands for any number of folders. As in a shell, `*` at the beginning of
a part does not match a hidden file.
"""

from collections.abc import Callable, Iterator, Sequence

MAGIC = frozenset("*?[")
_MANY, _ONE = "", "/"
"""What `*` and `?` become among the letters of a part; neither can be one."""


def is_glob(pattern: str) -> bool:
    """Whether `pattern` is more than a path."""
    return not MAGIC.isdisjoint(pattern)


def literal_folder(pattern: str) -> str:
    """The folder that contains everything that `pattern` can match: its parts before the first wildcard."""
    parts = pattern.split("/")
    first = next((index for index, part in enumerate(parts) if is_glob(part)), len(parts) - 1)
    return "/".join(parts[:first])


def matches(pattern: str, name: str) -> bool:
    """Whether the path `name` matches `pattern`; both with forward slashes."""
    return _walk(pattern.split("/"), name.split("/"), "**", _part)


def _part(pattern: str, part: str) -> bool:
    """Whether one part of a path matches one of a pattern."""
    if part.startswith(".") and not pattern.startswith("."):
        return False
    return _walk(_signs(pattern), part, _MANY, lambda sign, letter: sign == _ONE or letter in sign)


def _signs(pattern: str) -> list[str]:
    """The elements of a part: `_MANY`, `_ONE`, else the characters that match (`[abc]`, `[a-c]`; `[!a]` is literal)."""
    signs, at = [], 0
    while at < len(pattern):
        end = pattern.find("]", at + 2) if pattern[at] == "[" and pattern[at + 1 : at + 2] != "!" else -1
        if end < 0:
            signs.append({"*": _MANY, "?": _ONE}.get(pattern[at], pattern[at]))
            at += 1
            continue
        signs.append(_letters(pattern[at + 1 : end]))
        at = end + 1
    return signs


def _letters(inside: str) -> str:
    """The letters of a class in brackets; ranges written out."""
    letters, at = [], 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            letters += [chr(code) for code in range(ord(inside[at]), min(ord(inside[at + 2]), 0x2FFFF) + 1)][:4096]
            at += 3
        else:
            letters.append(inside[at])
            at += 1
    return "".join(letters)


def _walk(pattern: Sequence[str], items: Sequence[str], star: str, fits: Callable[[str, str], bool]) -> bool:
    """Whether `items` match `pattern`, in which `star` stands for any number: only the last star is ever moved.

    Takes the product of both lengths at most: a match that is found for what stands before a star is as good as any.
    """
    at = place = 0
    last_star, resume = -1, 0
    while place < len(items):
        if at < len(pattern) and pattern[at] == star:
            last_star, resume = at, place
            at += 1
        elif at < len(pattern) and fits(pattern[at], items[place]):
            at, place = at + 1, place + 1
        elif last_star >= 0:
            resume += 1
            at, place = last_star + 1, resume
        else:
            return False
    return all(each == star for each in pattern[at:])


def covers(pattern: str, path: str) -> bool:
    """Whether `pattern` matches a path or a folder that contains it: `*` and `?` within a folder, `**` across folders.

    All that can be reached is followed at once, letter by letter, so the time is at most the product of both lengths.
    """
    steps = _steps(pattern.removeprefix("./").rstrip("/"))
    literal = next((index for index, step in enumerate(steps) if step in _LOOPS or step == _ANY), len(steps))
    if not path.startswith("".join(steps[:literal])):
        return False
    reached = _closed({0}, steps)
    for letter in path:
        if len(steps) in reached and letter == "/":
            return True
        reached = _closed({after for at in reached for after in _after(at, letter, steps)}, steps)
        if not reached:
            return False
    return len(steps) in reached


_ANY, _WITHIN, _ACROSS, _FOLDERS = "?", "*", "**", "**/"
_LOOPS = (_WITHIN, _ACROSS, _FOLDERS)
"""The steps that may be taken again and again, or left out."""


def _after(at: int, letter: str, steps: list[str]) -> Iterator[int]:
    """Where `letter` leads from a place. Within `**/` a place is negative: it is left behind a `/` only."""
    place = at if at >= 0 else -at - 1
    step = steps[place] if place < len(steps) else ""
    if step == _FOLDERS:
        yield -place - 1
        if letter == "/":
            yield place + 1
    elif step == _ACROSS or (step == _WITHIN and letter != "/"):
        yield place
    elif step == letter or (step == _ANY and letter != "/"):
        yield place + 1


def _steps(pattern: str) -> list[str]:
    steps, at = [], 0
    while at < len(pattern):
        step = next((each for each in (_FOLDERS, _ACROSS) if pattern.startswith(each, at)), pattern[at])
        steps.append(step)
        at += len(step)
    return steps


def _closed(reached: set[int], steps: list[str]) -> set[int]:
    """The steps that can be taken from those reached: what may be repeated may also be left out."""
    waiting = [*reached]
    while waiting:
        at = waiting.pop()
        if 0 <= at < len(steps) and steps[at] in _LOOPS and at + 1 not in reached:
            reached.add(at + 1)
            waiting.append(at + 1)
    return reached
