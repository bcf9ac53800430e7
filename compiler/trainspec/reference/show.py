"""The answers of `trainspec explain`, as text for a terminal."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from trainspec.diagnostics.codes import can_be_ignored
from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.links import DOCS, link
from trainspec.reference.codes import Explained
from trainspec.reference.fields import Field, below
from trainspec.reference.fixable import fixable_codes
from trainspec.reference.lookup import Answer, Image, Images, Operator
from trainspec.request.images.catalogue import VersionInfo
from trainspec.request.machines import Machine

WIDTH = 100
_MANY = 12
_FEW_WORDS = 8
FIXABLE = "`trainspec lint --fix` fixes it if there is exactly one correct fix, as in this example."


def show(answer: Answer) -> Iterator[str]:
    """The lines of one answer."""
    if isinstance(answer, Explained):
        yield from _code(answer)
    elif isinstance(answer, Field):
        yield from _field(answer)
    elif isinstance(answer, Images):
        yield from _images(answer)
    elif isinstance(answer, Operator):
        yield from _operator(answer)
    elif isinstance(answer, Machine):
        from trainspec.reference.show_machine import show_machine

        yield from show_machine(answer)
    else:
        yield from _image(answer)


def show_codes(codes: Iterable[Explained]) -> Iterator[str]:
    """The list of codes, one line each; `[*]` marks those that `lint --fix` fixes, as findings do."""
    for known in codes:
        fix = " [*]" if known.code.id in fixable_codes() else ""
        yield f"{known.code.id}  {known.code.severity.value:<7}  {known.code.summary}{fix}"


def show_choice(word: str, fields: Sequence[Field]) -> Iterator[str]:
    """The fields of which one must be chosen, because `word` may mean any."""
    yield f"`{word}` may be any of these fields; `trainspec explain FIELD` describes one:"
    yield ""
    width = max(len(field.path) for field in fields)
    yield from (f"  {field.path:<{width}}  {field.description}".rstrip() for field in fields)


def _code(known: Explained) -> Iterator[str]:
    code = known.code
    yield f"{code.id} ({code.severity.value}): {code.summary}"
    yield ""
    yield known.text
    for title, example in (("Bad", known.bad), ("Good", known.good)):
        if example is not None:
            yield f"\n{title}:\n"
            yield textwrap.indent("\n".join(map(visible, example.splitlines())), "    ")
    yield ""
    if code.id in fixable_codes():
        yield FIXABLE
    if can_be_ignored(code):
        yield f"To silence it on one line: `# trainspec: ignore[{code.id}] reason`."
    else:
        yield "It cannot be silenced."
    yield link(code)


def _field(field: Field) -> Iterator[str]:
    yield field.path
    yield ""
    yield from textwrap.wrap(field.description, WIDTH)
    facts = [
        (
            "form",
            field.form if not field.words else f"one of {len(field.words)} values" if len(field.words) > 1 else "",
        ),
        ("values", ", ".join(field.words)),
        ("where", "only in a list item" if field.in_list else None),
        ("required", "yes" if field.is_required else None),
        ("default", field.default),
        ("request member", field.member),
        ("AWS takes", field.limits),
        ("AWS's pattern", field.pattern),
    ]
    yield ""
    for name, fact in facts:
        if fact:
            lines = textwrap.wrap(fact, WIDTH - 18, break_long_words=False, break_on_hyphens=False)
            yield f"  {name:<15} {lines[0]}"
            yield from (f"  {'':<15} {line}" for line in lines[1:])
    if field.example:
        yield "\nExample:\n"
        yield textwrap.indent(field.example, "    ")
    inner = [each for each in below(field.path) if not each.path.endswith("*")]
    if inner:
        width = max(len(each.path) for each in inner)
        yield "\nFields in it:\n"
        for each in inner:
            yield f"    {each.path:<{width}}  {each.description}".rstrip()
            yield from (f"    {'':<{width}}  {fact}" for fact in _facts_below(each))
    yield ""
    yield f"{DOCS}/fields.md#{anchor(field.top)}"


def _facts_below(field: Field) -> Iterator[str]:
    """What a map's own page says about a field in it: its default, and its words if there are few."""
    if field.is_required:
        yield "required"
    if field.in_list:
        yield "only in a list item"
    if field.words and len(field.words) <= _FEW_WORDS:
        yield " | ".join(field.words)
    if field.default is not None:
        yield f"default: {field.default}"


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading that is a field's name."""
    return heading.replace(".", "").lower()


def _images(images: Images) -> Iterator[str]:
    written = {
        "framework": 'framework: {name: NAME, version: "VERSION", python: PYTHON}',
        "algorithm": "algorithm: NAME@VERSION",
    }
    yield f"\nAvailable for `{written[images.field]}`:\n"
    width = max(len(info.name) for info in images.names)
    for info in images.names:
        versions = [version.version for version in info.versions]
        more = f" and {len(versions) - _MANY} more" if len(versions) > _MANY else ""
        yield f"  {info.name:<{width}}  {', '.join(versions[:_MANY])}{more}"
    yield f"\n`trainspec explain {images.field}.NAME` describes one."


def _image(image: Image) -> Iterator[str]:
    from trainspec.request.images.end_of_support import last_patched, source

    info = image.info
    newest = info.versions[0]
    python = f", python: {newest.python[-1]}" if newest.python else ""
    written = {
        "framework": f'framework: {{name: {info.name}, version: "{newest.version}"{python}}}',
        "algorithm": f"algorithm: {info.name}@{newest.version}",
    }
    forms = " or ".join(f"`{written[field]}`" for field in image.fields)
    yield f"{info.name}, versions with AWS images, as {forms}:"
    yield ""
    rows = [
        ("version", "also", "python", "processors", "built on", "regions", "patched until"),
        *((*_row(version), last_patched(info.name, version.version) or "") for version in info.versions),
    ]
    shown = [index for index in range(7) if any(row[index] for row in rows[1:])]
    widths = [max(len(row[index]) for row in rows) for index in shown]
    for row in rows:
        cells = (f"{row[index]:<{width}}" for index, width in zip(shown, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()
    if any(row[-1] for row in rows[1:]):
        yield f"\n{source()}"
    if "algorithm" in image.fields:
        from trainspec.reference.show_algorithm import show_algorithm

        yield from show_algorithm(info.name)


def _row(version: VersionInfo) -> tuple[str, str, str, str, str, str]:
    also, python, processors, built_on = (
        ", ".join(each) for each in (version.aliases, version.python, version.processors, version.built_on)
    )
    return version.version, also, python, processors, built_on, str(len(version.regions))


_KINDS = {"duration": "duration (30m)", "callable": "function (my_team.features.build)", "any": "anything"}


def _operator(operator: Operator) -> Iterator[str]:
    """The arguments of an operator: those that it requires first, each with its kinds and whether it is rendered."""
    yield operator.path
    yield ""
    known = operator.signature.arguments
    renders = operator.signature.renders
    width = max(map(len, known), default=0)
    for name in sorted(known, key=lambda name: not known[name].required):
        words = " or ".join(_KINDS.get(kind, kind) for kind in known[name].kinds if kind != "null")
        notes = ["required"] * known[name].required + ["rendered"] * (renders is not None and name in renders)
        yield f"  {name:<{width}}  {', '.join((words, *notes))}"
    common = {"BaseNotifier": None, "BaseSensorOperator": "every task and every sensor"}
    if beside := common.get(operator.signature.root or "", "every task"):
        yield ""
        yield f"In addition, it takes the arguments of {beside}; in a spec, write them next to `operator`."
    yield f"Read from {operator.release}."
