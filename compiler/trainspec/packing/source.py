"""`source` of a job: finds its folder, lists its files, determines its archive's address, and reports its faults."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from trainspec.diagnostics import codes, did_you_mean
from trainspec.disk.reading import is_of_git
from trainspec.packing.archive import Packed, pack
from trainspec.packing.files import MOST_FILES, Listing, Member, list_files
from trainspec.safety.unwarned import syntax
from trainspec.text.fault import Fault
from trainspec.text.tree import Path
from trainspec.units import is_template

if TYPE_CHECKING:
    from trainspec.language.data import SourceData

ENTRIES: Final = (".py", ".sh")
_MANY_FILES: Final = 2_000
_LARGE: Final = 100 * 1024 * 1024
_LARGEST: Final = 2 * 1024**3
"""Bytes beyond which no folder is read: its archive would be no code."""
_LARGEST_SCRIPT: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """What is only known from a source's files: its archive, and a description of a secret that they may contain."""

    packed: Packed
    secret: str | None


Remember = Callable[[Listing, Callable[[], Content]], Content]
"""Returns the content of a listing, from memory if no file has changed; else computes it."""


@dataclass(frozen=True, slots=True)
class Source:
    """The source of one job. `folder` is where it was found, `uri` where its archive is in S3, once it is pushed.

    `asked` are the paths by which the spec names its folders and files.
    """

    folder: FilePath
    listing: Listing
    packed: Packed
    uri: str
    kms_key: str | None = None
    asked: tuple[FilePath, ...] = ()


@dataclass(frozen=True)
class Sources:
    """Finds the sources of jobs, in the project at `root`. A folder that several jobs share is listed and read once.

    `secret_in` describes the secret that a text contains, if it contains one.
    """

    root: FilePath
    remember: Remember = lambda _, work_out: work_out()
    secret_in: Callable[[str], str | None] = lambda _: None
    _known: dict["_Place", tuple[Listing, Content]] = field(default_factory=dict)

    def of(self, source: "SourceData", written_in: Mapping[str, str]) -> tuple[Source | None, list[Fault]]:
        """The source that a job's `source` names, and what is wrong with it, at paths from there.

        `written_in` has, by key, the name of the file that sets its value: a relative folder is relative to that.
        None if the folder cannot be packed.
        """
        folder, found = source["dir"], _Found(self.root, source, written_in)
        place = found.place()
        if place is None:
            return None, found.faults
        try:
            listing, content = self._content(place)
        except OSError as error:
            return None, [Fault(codes.NO_FOLDER, ("dir",), f"`{folder}` cannot be packed: {error}")]
        faults = [*_listing_faults(listing, str(folder)), *_entry_faults(source, listing)]
        if content.secret:
            faults.append(Fault(codes.SECRET_IN_SOURCE, ("dir",), content.secret, _KEEP_SECRETS))
        upload = source.get("upload")
        if not upload:
            message = f"`{folder}` has no upload location"
            return None, [*faults, Fault(codes.NO_UPLOAD, ("dir",), message, _ADD_UPLOAD)]
        uri = f"{str(upload).rstrip('/')}/{content.packed.key}"
        key = source.get("kms_key")
        return Source(place.folder, listing, content.packed, uri, key, tuple(found.asked)), faults

    def listing(self, source: "SourceData", written_in: Mapping[str, str]) -> Listing | None:
        """The files that `source` packs; None if they are not to be found. Raises OSError."""
        place = _Found(self.root, source, written_in).place()
        return None if place is None else self._listed(place)

    def _content(self, place: "_Place") -> tuple[Listing, Content]:
        """The files of a place and their contents, computed once for all jobs. Raises OSError."""
        if place not in self._known:
            listing = self._listed(place)

            def work_out() -> Content:
                return Content(pack(listing), next(self._secrets(listing), None))

            self._known[place] = listing, self.remember(listing, work_out)
        return self._known[place]

    def _listed(self, place: "_Place") -> Listing:
        listing = list_files(
            place.folder,
            self.root,
            dependencies=place.dependencies,
            ignore=place.ignore,
            requirements=place.requirements,
        )
        if listing.size > _LARGEST:
            raise OSError(f"it has more than {_LARGEST:,} bytes, which is too much for code")
        return listing

    def _secrets(self, listing: Listing) -> Iterator[str]:
        for member in listing.members:
            if member.size <= _LARGEST_SCRIPT and (text := _text(member)) and (said := self.secret_in(text)):
                yield f"`{member.name}` seems to contain {said}"


_ADD_UPLOAD = "add `upload: s3://BUCKET/PREFIX/` to `source`, or to `defaults`; `trainspec push` puts it there"
_KEEP_SECRETS = "keep it in AWS Secrets Manager and read it from there, or list the file in `ignore`"


@dataclass(frozen=True, slots=True)
class _Place:
    """What is packed: folders and files on disk, and the patterns of what is left out."""

    folder: FilePath
    dependencies: tuple[FilePath, ...]
    requirements: FilePath | None
    ignore: tuple[str, ...]


@dataclass
class _Found:
    """Finds the folders and files that a `source` names; `faults` are those that are missing or outside the project.

    `asked` are the paths that were checked.
    """

    root: FilePath
    source: "SourceData"
    written_in: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    asked: list[FilePath] = field(default_factory=list)

    def place(self) -> _Place | None:
        """All that `source` names; None if something does not exist, which `faults` say then."""
        folder = self.folder(str(self.source["dir"]), ("dir",), codes.NO_FOLDER)
        named = enumerate(self.source.get("dependencies") or ())
        dependencies = [self.there(str(each), ("dependencies", index)) for index, each in named]
        given = self.source.get("requirements")
        requirements = self.requirements(folder, str(given)) if folder is not None and given else None
        if folder is None or self.faults:
            return None
        ignore = tuple(self.source.get("ignore") or ())
        return _Place(folder, tuple(each for each in dependencies if each), requirements, ignore)

    def folder(self, name: str, path: Path, code: Any) -> FilePath | None:
        """The folder `name`."""
        found = self._inside(name, path, code)
        if found is None or found.is_dir():
            return found
        what = "is a file" if found.exists() else "does not exist"
        self._add(code, path, f"`{name}` {what}, and `source` needs a folder", self._near(found))
        return None

    def there(self, name: str, path: Path) -> FilePath | None:
        """The file or folder `name`."""
        found = self._inside(name, path, codes.NO_FILE)
        if found is None or found.exists():
            return found
        self._add(codes.NO_FILE, path, f"`{name}` does not exist", self._near(found))
        return None

    def requirements(self, folder: FilePath, name: str) -> FilePath | None:
        """The file of requirements: in the folder itself, or relative to the file that names it."""
        inside = folder / name
        self.asked.append(inside)
        if ".." not in FilePath(name).parts and inside.is_file() and not inside.is_symlink():
            return inside
        found = self.there(name, ("requirements",))
        if found is not None and not found.is_file():
            self._add(codes.NO_FILE, ("requirements",), f"`{name}` is a folder, and `requirements` names a file", None)
            return None
        return found

    def _inside(self, name: str, path: Path, code: Any) -> FilePath | None:
        """Where `name` leads to, if that is in the project."""
        if "\0" in name:
            self._add(code, path, "a path cannot contain a NUL character", None)
            return None
        written_in = self.root / self.written_in[str(path[0])]
        asked = written_in.parent / name
        found = FilePath(os.path.realpath(asked))
        self.asked += (asked, found)
        root = FilePath(os.path.realpath(self.root))
        if found != root and root not in found.parents:
            self._add(code, path, f"`{name}` is outside the project", "move it below the project's root")
            return None
        if is_of_git(str(found.relative_to(root))):
            self._add(code, path, f"`{name}` is in git's own folder", "name a folder with code")
            return None
        return found

    def _near(self, missing: FilePath) -> str | None:
        try:
            names = [each.name for each in os.scandir(missing.parent)]
        except OSError:
            return None
        return did_you_mean(missing.name, names)

    def _add(self, code: Any, path: Path, message: str, advice: str | None) -> None:
        self.faults.append(Fault(code, path, message, advice))


def _listing_faults(listing: Listing, folder: str) -> Iterator[Fault]:
    for name in listing.escaping[:10]:
        advice = "copy the file, list its folder in `dependencies`, or leave it out with `ignore`"
        yield Fault(codes.LINK_OUTSIDE, ("dir",), f"`{folder}/{name}` is a link that leaves the folder", advice)
    for name in listing.shadowed[:10]:
        advice = "rename one of them"
        yield Fault(
            codes.SHADOWED_FILE,
            ("dependencies",),
            f"`{name}` is in `dir` and in `dependencies`; the first is packed",
            advice,
        )
    size = listing.size
    if listing.is_cut or len(listing.members) > _MANY_FILES or size > _LARGE:
        count = f"more than {MOST_FILES:,}" if listing.is_cut else f"{len(listing.members):,}"
        message = f"`{folder}` has {count} files of {size / 1e6:,.0f} MB, which each job downloads before it starts"
        yield Fault(
            codes.LARGE_SOURCE, ("dir",), message, "exclude files that are not code with `ignore` or .trainspecignore"
        )


def _entry_faults(source: "SourceData", listing: Listing) -> Iterator[Fault]:
    entry = source.get("entry")
    if not isinstance(entry, str) or is_template(entry):
        return
    member = listing.get(entry)
    if member is None:
        scripts = [each.name for each in listing.members if each.name.endswith(ENTRIES)]
        advice = did_you_mean(entry, scripts) or (f"it has {', '.join(scripts[:5])}" if scripts else None)
        yield Fault(codes.NO_ENTRY, ("entry",), f"`{entry}` is not in `{source.get('dir')}`", advice)
    elif not entry.endswith(ENTRIES):
        yield Fault(codes.NO_ENTRY, ("entry",), f"`{entry}` is not a script", "use a .py or .sh file")
    elif entry.endswith(".py") and (why := _syntax_error(member)):
        yield Fault(codes.BROKEN_ENTRY, ("entry",), f"Python cannot parse `{entry}`: {why}")


def _syntax_error(member: Member) -> str | None:
    if member.size > _LARGEST_SCRIPT:
        return None
    try:
        syntax(member.path.read_bytes())
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})" if error.lineno else str(error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or "it is nested too deep"
    return None


def _text(member: Member) -> str | None:
    data = member.path.read_bytes()
    return None if b"\0" in data[:8192] else data.decode("utf-8", "replace")
