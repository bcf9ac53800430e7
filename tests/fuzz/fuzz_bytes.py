"""Atheris on bytes: coverage of the compiler guides what is tried next. Options are libFuzzer's.

`uv run --group fuzz python tests/fuzz/fuzz_bytes.py -runs=100000 tests/fuzz/corpus`
"""

import sys

import atheris  # type: ignore[import-untyped]  # comes with `--group fuzz`

with atheris.instrument_imports(include=["trainspec"]):
    from invariants import Counts, hold
    from structures import spec

COUNTS = Counts()


class Bytes:
    """Choices that the fuzzer's bytes determine."""

    def __init__(self, content: bytes) -> None:
        self._provider = atheris.FuzzedDataProvider(content)

    def number(self, below: int) -> int:
        return int(self._provider.ConsumeIntInRange(0, below - 1))


def one_input(content: bytes) -> None:
    """Try bytes as a spec's text; every other input as the choices that build a structure."""
    hold(spec(Bytes(content[1:])) if content[:1] == b"\xfe" else content, COUNTS)


def main() -> None:
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
