"""The models of the language as TypedDicts: what a spec's data is once the schema has accepted it.

`trainspec schema --rebuild` writes them into `trainspec.language.data`, where mypy reads them and nothing else does.
"""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from trainspec.language.parts import Model
from trainspec.language.spec import Spec

_HEAD = '''"""The data of a spec behind validation, as types. Generated from the models by `trainspec schema --rebuild`.

Import it for types only: a run does not need it. Every key may be absent; invalid values have been removed.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict
'''


def typed_dicts() -> str:
    """The text of `trainspec.language.data`: a TypedDict for each model of a spec, in dependency order."""
    classes: dict[str, str] = {}
    _write(Spec, classes)
    return "\n\n".join([_HEAD, *classes.values()])


def _write(model: type[Model], classes: dict[str, str]) -> None:
    """Add `model` to the `classes` by name, after its bases and the types of its fields."""
    if model.__name__ in classes:
        return
    base = next((each for each in model.__mro__[1:] if issubclass(each, Model) and each is not Model), None)
    if base is not None:
        _write(base, classes)
    classes[model.__name__] = ""  # a condition of assets holds such conditions
    inherited = base.model_fields if base else {}
    own = {name: field for name, field in model.model_fields.items() if name not in inherited}
    for field in own.values():
        for each in _models(field.annotation):
            _write(each, classes)
    del classes[model.__name__]
    bases = f"{base.__name__}Data, total=False" if base else "TypedDict, total=False"
    summary = (model.__doc__ or model.__name__).partition("\n")[0]
    lines = [f"class {model.__name__}Data({bases}):", f'    """{summary}"""', ""]
    for name, field in own.items():
        is_nullable = isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("x-nullable"))
        lines.append(f"    {field.alias or name}: {_words(field.annotation, is_nullable=is_nullable)}")
    classes[model.__name__] = "\n".join(lines) + "\n"


def _models(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    elif get_origin(annotation) is not Literal:
        for each in get_args(annotation):
            yield from _models(each)


def _words(annotation: Any, *, is_nullable: bool = False) -> str:
    """An annotation in Python. A key that is null is absent, unless null has a meaning."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0], is_nullable=is_nullable)
    if origin in (Union, UnionType):
        arms = [each for each in arguments if each is not type(None)]
        words = list(dict.fromkeys(map(_words, arms)))
        return "Any" if "Any" in words else " | ".join((*words, *(["None"] if is_nullable else [])))
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]".replace("'", '"')
    if origin in (list, dict):
        return f"{origin.__name__}[{', '.join(map(_item, arguments))}]"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return f"{annotation.__name__}Data"
    return "Any" if annotation is Any else str(annotation.__name__)


def _item(annotation: Any) -> str:
    return _words(annotation, is_nullable=type(None) in get_args(annotation))
