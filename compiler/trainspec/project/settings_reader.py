"""Checks each setting: its type and its values, with its position in the file if something is wrong."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from trainspec.diagnostics import Severity, did_you_mean
from trainspec.diagnostics.words import cut, shown
from trainspec.options import AIRFLOW, airflow_minor
from trainspec.project.settings import EnvironmentSettings, Settings, UsageError, as_written, check_codes
from trainspec.reporting.select import Selection

_T = TypeVar("_T")

_MAX_FAULTS = 20
"""How many faults of a settings file are reported."""
_MAX_ITEMS = 500
_LONGEST_GLOB = 1000


def checked(said: Any, path: Path, text: str, table: tuple[str, ...]) -> Settings:
    """The settings in `said`, which is below `table` in the `text` of a file. Raises UsageError."""
    return _Reader(path, text, table).settings(said)


class _Reader:
    """One settings file: every value checked, every complaint with the place of its key."""

    def __init__(self, path: Path, text: str, table: tuple[str, ...]) -> None:
        self._path, self._table = path, table
        self._text = text
        self._faults: list[UsageError] = []
        self._has_policies = False

    @cached_property
    def _places(self) -> Mapping[tuple[str, ...], tuple[int, int]]:
        return _key_places(self._text)

    def settings(self, said: Any) -> Settings:
        if not isinstance(said, dict):
            raise self._wrong((), "must be a table")
        self._has_policies = bool(said.get("policies") or said.get("policy-packages"))
        read = self._each(said, (), self._setting)
        if self._faults:
            raise UsageError("\n".join(map(str, self._faults)))
        by_name = {key.replace("-", "_"): value for key, value in read.items()}
        selection = {key: by_name.pop(key) for key in _SELECTION if key in by_name}
        return Settings(**by_name, selection=Selection(**selection))

    def _each(
        self, table: Mapping[str, Any], at: tuple[str, ...], read: Callable[[tuple[str, ...], Any], _T]
    ) -> dict[str, _T]:
        """The result of `read` for each value of a table; its complaints are collected."""
        made = {}
        for key, value in table.items():
            with self._noting():
                made[key] = read((*at, key), value)
            if len(self._faults) >= _MAX_FAULTS:
                break
        return made

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except UsageError as error:
            self._faults.append(error)

    def _setting(self, at: tuple[str, ...], value: Any) -> Any:
        (key,) = at
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS) or f"there are {', '.join(_KEYS)}"
            raise self._wrong(at, f"unknown setting `{key}`; {near}")
        return _KEYS[key](self, at, value)

    def text(self, at: tuple[str, ...], value: Any) -> str:
        return self._of(str, "a string", at, value)

    def airflow(self, at: tuple[str, ...], value: Any) -> str:
        known = ", ".join(AIRFLOW)
        if isinstance(value, float):
            raise self._wrong(at, f'`{".".join(at)}` must be a string: write airflow = "{value}"')
        if type(value) not in (str, int):
            raise self._wrong(at, f'`{".".join(at)}` must be a string such as "{AIRFLOW[-1]}"')
        minor = (
            airflow_minor(cut(value, 20))
            if isinstance(value, str)
            else airflow_minor(str(value if 0 <= value < 99 else 99))
        )
        if minor is None:
            raise self._wrong(
                at, f"`{'.'.join(at)}` cannot be {_brief(value)}; write one of {known}, or 2 or 3 for its newest minor"
            )
        return minor

    def account(self, at: tuple[str, ...], value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{12}", value):
            raise self._wrong(at, f"`{'.'.join(at)}` must be the 12 digits of an AWS account, in quotes")
        return value

    def accounts(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        return tuple(self.account(at, each) for each in self._of(list, "a list of AWS accounts, in quotes", at, value))

    def region(self, at: tuple[str, ...], value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch("[a-z]{2,4}(-[a-z]+)+-[0-9]", value):
            raise self._wrong(at, f"`{'.'.join(at)}` must be an AWS region such as us-east-1")
        from trainspec.request.images.regions import not_a_region  # few settings name one

        if why := not_a_region(value):
            raise self._wrong(at, f"`{'.'.join(at)}`: {why}")
        return value

    def environments(self, at: tuple[str, ...], value: Any) -> dict[str, EnvironmentSettings]:
        return self._each(self._of(dict, "a table of environments", at, value), at, self._environment)

    def _environment(self, at: tuple[str, ...], value: Any) -> EnvironmentSettings:
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", at[-1]):  # it names folders, too
            raise self._wrong(at, "the name of an environment has letters, digits, `_`, `.` and `-` only")
        table = self._of(dict, "a table, such as `[environments.prod]`", at, value)
        read = self._each(table, at, self._setting_of_environment)
        return EnvironmentSettings(**{key.replace("-", "_"): each for key, each in read.items()})

    def _setting_of_environment(self, at: tuple[str, ...], value: Any) -> Any:
        if at[-1] not in _OF_ENVIRONMENT:
            near = did_you_mean(at[-1], _OF_ENVIRONMENT) or f"there are {', '.join(_OF_ENVIRONMENT)}"
            raise self._wrong(at, f"unknown setting `{'.'.join(at)}`; {near}")
        return _OF_ENVIRONMENT[at[-1]](self, at, value)

    def switch(self, at: tuple[str, ...], value: Any) -> bool:
        return self._of(bool, "true or false", at, value)

    def texts(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        given = self._of(list, "a list of strings", at, value)
        if len(given) > _MAX_ITEMS:
            raise self._wrong(at, f"`{'.'.join(at)}` takes at most {_MAX_ITEMS} strings")
        texts = tuple(dict.fromkeys(self._of(str, "a list of strings", at, each) for each in given))
        if max(map(len, texts), default=0) > _LONGEST_GLOB:
            raise self._wrong(at, f"`{'.'.join(at)}` takes strings of at most {_LONGEST_GLOB:,} characters")
        return texts

    def path(self, at: tuple[str, ...], value: Any) -> str:
        """A path, of which only its characters are checked."""
        path = self.text(at, value)
        if not path.isprintable():
            raise self._wrong(at, f"`{'.'.join(at)}` contains unprintable characters and is not a path")
        return path

    def inside(self, at: tuple[str, ...], value: Any) -> str:
        """A path below the project's root: settings come with a repository, and may not lead outside it."""
        path = self.path(at, value)
        parts = path.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or ":" in parts[0]:
            message = (
                f"`{'.'.join(at)}`: `{cut(path, 200)}` is outside the project; pass it on the command line instead"
            )
            raise self._wrong(at, message)
        return posixpath.normpath(path)

    def all_inside(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        """A list of such paths."""
        return tuple(self.inside(at, each) for each in self.texts(at, value))

    def codes(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        return self._known(at, self.texts(at, value), to_ignore=False)

    def ignored(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        return self._known(at, self.texts(at, value), to_ignore=True)

    def per_path(self, at: tuple[str, ...], value: Any) -> dict[str, tuple[str, ...]]:
        table = self._of(dict, "a table of globs and codes", at, value)
        if len(table) > _MAX_ITEMS or max(map(len, table), default=0) > _LONGEST_GLOB:
            message = f"`{'.'.join(at)}` takes at most {_MAX_ITEMS} globs of {_LONGEST_GLOB:,} characters"
            raise self._wrong(at, message)
        return self._each(table, at, self.ignored)

    def severities(self, at: tuple[str, ...], value: Any) -> dict[str, Severity]:
        table = self._of(dict, "a table of codes and severities", at, value)
        return self._each(table, at, self._severity)

    def _severity(self, at: tuple[str, ...], word: Any) -> Severity:
        words = [each.value for each in Severity]
        if word not in words:
            near = (isinstance(word, str) and did_you_mean(word, words)) or f"write {', '.join(words)}"
            raise self._wrong(at, f"`{'.'.join(at)}` cannot be {_brief(word)}; {near}")
        self._known(at, at[-1:], to_ignore=word != Severity.ERROR.value)
        return Severity(word)

    def _known(self, at: tuple[str, ...], given: tuple[str, ...], *, to_ignore: bool) -> tuple[str, ...]:
        own = [each for each in given if not self._has_policies or each.startswith("TS")]
        try:
            check_codes(own, to_ignore=to_ignore)
        except UsageError as error:
            raise self._wrong(at, f"`{'.'.join(at)}`: {error}") from None
        return tuple(dict.fromkeys(given))  # codes of policies are checked when the policies are read

    def _of(self, kind: type[_T], wanted: str, at: tuple[str, ...], value: Any) -> _T:
        if not isinstance(value, kind) or type(value) is not kind:
            raise self._wrong(at, f"`{'.'.join(at)}` must be {wanted}")
        return value

    def _wrong(self, at: tuple[str, ...], message: str) -> UsageError:
        whole = (*self._table, *at)
        places = self._places
        place = next((places[whole[:n]] for n in range(len(whole), 0, -1) if whole[:n] in places), ())
        return UsageError(f"{':'.join(map(str, (as_written(self._path), *place)))}: {message}")


_KEYS: Mapping[str, Callable[[_Reader, tuple[str, ...], Any], Any]] = {
    "project": _Reader.text,
    "paths": _Reader.all_inside,
    "output": _Reader.path,
    "airflow": _Reader.airflow,
    "allow-accounts": _Reader.accounts,
    "environments": _Reader.environments,
    "external-dags": _Reader.texts,
    "operators": _Reader.texts,
    "operator-sources": _Reader.all_inside,
    "callbacks": _Reader.texts,
    "prices": _Reader.inside,
    "policies": _Reader.all_inside,
    "policy-packages": _Reader.texts,
    "select": _Reader.codes,
    "ignore": _Reader.ignored,
    "severity": _Reader.severities,
    "per-path": _Reader.per_path,
    "strict": _Reader.switch,
}
_OF_ENVIRONMENT: Mapping[str, Callable[[_Reader, tuple[str, ...], Any], Any]] = {
    "output": _Reader.path,
    "account": _Reader.account,
    "region": _Reader.region,
    "airflow": _Reader.airflow,
    "allow-accounts": _Reader.accounts,
}
_SELECTION = ("select", "ignore", "severity", "per_path", "strict")

_PART = r"\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+"
_HEADER = r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$"
_KEY = rf"\s*((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)\s*="


def _key_places(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """Line and column of each table and key of a TOML file, as far as lines show: tomllib gives no places."""
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(_HEADER, line):
            table = tuple(part.strip("\"'") for part in re.findall(_PART, header.group(1)))
            found.setdefault(table, (number, header.start(1) + 1))
        elif key := re.match(_KEY, line):
            found.setdefault(
                (*table, *(part.strip("\"'") for part in re.findall(_PART, key.group(1)))), (number, key.start(1) + 1)
            )
    return found


def _brief(value: Any) -> str:
    """A value for a message, whatever its size."""
    if isinstance(value, int) and abs(value) > 10**20:
        return "a number with so many digits"
    return repr(cut(value, 90)) if isinstance(value, str) else shown(value)
