"""`trainspec completion`: what the shell needs to complete commands, options, files and codes."""

import argparse
import importlib

from trainspec.cli.commands import COMMANDS
from trainspec.cli.parser import Parser

_BASH = """\
# trainspec completion for bash: eval "$(trainspec completion bash)"
_trainspec() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="" word index
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        if [[ $word == -C ]]; then ((index++)); continue; fi
        if [[ $word != -* ]]; then command="$word"; break; fi
    done
    local words=""
    case "$command $previous" in
@VALUES@
    esac
    if [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current")); return
    fi
    case "$command" in
        "") words="@COMMANDS@ -C --help --version" ;;
@OPTIONS@
    esac
    if [[ $current == -* || -z $command ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    else
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}
complete -F _trainspec trainspec
"""

_ZSH = """\
#compdef trainspec
# trainspec completion for zsh: eval "$(trainspec completion zsh)"
autoload -U +X bashcompinit && bashcompinit
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell to complete in")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    parsers = {name: _parser(name) for name in COMMANDS}
    if arguments.shell == "fish":
        print("\n".join(_fish(parsers)))
    else:
        print((_ZSH if arguments.shell == "zsh" else "") + _bash(parsers), end="")
    return 0


def _parser(name: str) -> Parser:
    parser = Parser(name)
    importlib.import_module(f"trainspec.cli.{name}").configure(parser)
    return parser


def _options(parser: Parser) -> list[argparse.Action]:
    return [each for each in parser._actions if each.option_strings and each.help is not argparse.SUPPRESS]


def _values(action: argparse.Action) -> list[str]:
    return [str(each) for each in action.choices or ()]


def _bash(parsers: dict[str, Parser]) -> str:
    values, options = [], []
    for name, parser in parsers.items():
        long = [option for action in _options(parser) for option in action.option_strings]
        options.append(f'        {name}) words="{" ".join(long)}" ;;')
        for action in _options(parser):
            if _values(action):
                given = "|".join(f'"{name} {option}"' for option in action.option_strings)
                values.append(f'        {given}) words="{" ".join(_values(action))}" ;;')
    script = _BASH.replace("@COMMANDS@", " ".join(COMMANDS)).replace("@VALUES@", "\n".join(values))
    return script.replace("@OPTIONS@", "\n".join(options))


def _fish(parsers: dict[str, Parser]) -> list[str]:
    lines = ["# trainspec completion for fish: trainspec completion fish | source"]
    for name, summary in COMMANDS.items():
        lines.append(f"complete -c trainspec -n __fish_use_subcommand -f -a {name} -d {_quoted(summary)}")
    for name, parser in parsers.items():
        here = f"complete -c trainspec -n '__fish_seen_subcommand_from {name}'"
        for action in _options(parser):
            names = " ".join(
                f"-l {each[2:]}" if each.startswith("--") else f"-s {each[1:]}" for each in action.option_strings
            )
            values = f" -x -a {_quoted(' '.join(_values(action)))}" if _values(action) else ""
            takes = " -r" if action.nargs != 0 and not values else ""
            lines.append(f"{here} {names}{values}{takes} -d {_quoted((action.help or '').split(';')[0][:80])}")
    return lines


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
