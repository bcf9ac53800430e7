"""The parser of one command: help with examples, and a "did you mean" for options."""

import argparse
import re
from typing import NoReturn

from trainspec.cli.commands import COMMANDS, EXAMPLES, GROUPS, SYNONYMS

_UNKNOWN = re.compile(r"unrecognized arguments: (.*)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """A command's parser. Options are not abbreviated: a script must not break when an option is added."""

    def __init__(self, command: str) -> None:
        summary = COMMANDS[command]
        super().__init__(
            prog=f"trainspec {command}", description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
        )
        self.command = command

    def format_help(self) -> str:
        """The help, with examples at its end."""
        examples = "".join(f"\n  {each}" for each in EXAMPLES.get(self.command, ()))
        return super().format_help() + (f"\nexamples:{examples}\n" if examples else "")

    def error(self, message: str) -> NoReturn:
        """Exit with 2, printing the usage in one line and the error."""
        unknown = _UNKNOWN.fullmatch(message)
        if unknown:
            message = "; ".join(self._unknown(each) for each in unknown[1].split() if each) or message
        self.exit(2, f"trainspec {self.command}: {message}\nTry `trainspec {self.command} --help`.\n")

    def _unknown(self, given: str) -> str:
        from trainspec.diagnostics.excerpt import visible
        from trainspec.diagnostics.near import did_you_mean

        option = given.partition("=")[0]
        if not option.startswith("-"):
            return f"unexpected argument `{visible(given[:200])}`"
        near = did_you_mean(option, [each for each in self._option_string_actions if each.startswith("--")])
        return f"there is no option `{visible(option[:200])}`" + (f"; {near}" if near else "")


def overview() -> str:
    """The help of `trainspec` alone."""
    width = max(map(len, COMMANDS)) + 2
    lines = ["usage: trainspec [-C DIR] COMMAND …", ""]
    lines += ["Compile YAML specs into SageMaker training requests and Airflow DAGs."]
    for group, commands in GROUPS.items():
        lines += ["", f"{group}:", *(f"  {name:<{width}}{summary}" for name, summary in commands.items())]
    lines += ["", "options:", f"  {'-C DIR':<{width}}work in DIR", f"  {'--version':<{width}}print the version"]
    lines += ["", "`trainspec COMMAND --help` shows a command's options and examples."]
    return "\n".join(lines)


def no_command(given: str) -> str:
    """What is wrong with the name of an unknown command."""
    from trainspec.diagnostics.near import did_you_mean

    if given.startswith("-"):
        return f"there is no option `{given}` before the command; `trainspec --help` lists them"
    meant = SYNONYMS.get(given)
    near = f"did you mean `{meant}`?" if meant else did_you_mean(given, COMMANDS)
    return f"there is no command `{given}`; {near or '`trainspec --help` lists them'}"
