"""`trainspec lsp` as an editor uses it: a separate process, and a client that speaks the protocol with it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from client import Editor, edit
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from room import BASE, SPEC


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "trainspec.toml").write_text("")
    (tmp_path / "specs/base.yaml").write_text(BASE)
    (tmp_path / "specs/churn.yaml").write_text(SPEC)
    return tmp_path


def test_the_editors_folder_is_the_project_where_nothing_else_says_so(root: Path) -> None:
    """Like a command's working directory: without settings and repository, `source: ../src` is in the project."""
    source = "    source: {dir: ../src, entry: train.py, upload: s3://my-code-bucket/code/}\n"
    text = SPEC.replace("    depends_on", f"{source}    depends_on")
    (root / "src").mkdir()
    (root / "src/train.py").write_text("")

    async def codes(editor: Editor) -> list[object]:
        editor.open("specs/churn.yaml", text)
        return [each.code for each in await editor.findings("specs/churn.yaml")]

    (root / "trainspec.toml").unlink()
    assert edit(root, codes) == []


def test_a_session(root: Path) -> None:
    """Open, type, request, fix: findings are those of the text as it is typed."""

    async def session(editor: Editor) -> None:
        name = "specs/churn.yaml"
        editor.open(name, SPEC.replace("volume_size", "volume_sise", 1))
        (found,) = await editor.findings(name)
        assert (found.code, found.source, found.severity) == ("TS101", "trainspec", types.DiagnosticSeverity.Error)
        assert found.code_description is not None
        assert found.code_description.href.endswith("#ts101")
        assert "help: did you mean `volume_size`?" in found.message

        text = types.TextDocumentIdentifier(editor.uri(name))
        asked = types.CodeActionParams(text, found.range, types.CodeActionContext([found], only=["quickfix"]))
        (fix,) = await editor.client.text_document_code_action_async(asked) or ()
        assert isinstance(fix, types.CodeAction)
        assert fix.edit is not None
        assert fix.edit.changes is not None
        (change,) = fix.edit.changes[editor.uri(name)]
        editor.type(name, 2, change.new_text, change.range)
        assert await editor.findings(name, 2) == []

        # A half-typed word: what is offered is for the text before the dot, which was never saved.
        line = SPEC.splitlines().index("    image: ${vars.image}")
        editor.type(name, 3, "${", types.Range(types.Position(line, 11), types.Position(line, 24)))
        offered = await editor.client.text_document_completion_async(
            types.CompletionParams(**editor.place(name, line, 13))
        )
        assert isinstance(offered, types.CompletionList)
        assert "vars.image" in [item.label for item in offered.items]
        assert [each.code for each in await editor.findings(name, 3)] != []
        editor.type(name, 4, SPEC)
        assert await editor.findings(name, 4) == []

        hover = await editor.client.text_document_hover_async(types.HoverParams(**editor.place(name, line, 5)))
        assert hover is not None
        assert "AlgorithmSpecification.TrainingImage" in str(hover.contents)

        with pytest.raises(JsonRpcException, match="cannot be the new name"):
            await editor.client.text_document_rename_async(
                types.RenameParams(new_name="a b", **editor.place(name, 5, 4))
            )

        shown = await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams("trainspec.showRequest", [editor.uri(name), "train"])
        )
        assert json.loads(str(shown))["TrainingJobName"] == "train-{{ ds }}"
        (uri,) = editor.shown
        assert uri.endswith("/train.json")

    edit(root, session)


@pytest.mark.slow
def test_an_open_base_is_the_one_that_counts(root: Path) -> None:
    async def session(editor: Editor) -> None:
        editor.open("specs/churn.yaml")
        editor.open("specs/base.yaml")
        assert await editor.findings("specs/churn.yaml") == []
        editor.versions.clear()
        editor.type("specs/base.yaml", 2, BASE.replace("image:", "picture:"))
        found = await editor.findings("specs/churn.yaml")
        assert {each.code for each in found} == {"TS201"}
        editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(editor.uri("specs/base.yaml")))
        )
        while await editor.findings("specs/churn.yaml"):  # its file on disk counts again
            await editor.news()

    edit(root, session)


@pytest.mark.slow
def test_the_environment_is_chosen_in_the_editors_settings(root: Path) -> None:
    text = SPEC + "environments:\n  prod: {vars: {data: s3://prod-bucket}}\n"

    async def session(editor: Editor) -> None:
        editor.open("specs/churn.yaml", text)
        await editor.findings("specs/churn.yaml")
        line = SPEC.splitlines().index('    inputs: {train: "${vars.data}/train/"}')
        for environment, bucket in (("prod", "s3://prod-bucket"), (None, "s3://my-data-bucket")):
            hover = await editor.client.text_document_hover_async(
                types.HoverParams(**editor.place("specs/churn.yaml", line, 30))
            )
            assert hover is not None
            assert bucket in str(hover.contents), environment
            settings = types.DidChangeConfigurationParams({"trainspec": {"environment": None}})
            editor.client.workspace_did_change_configuration(settings)

    edit(root, session, {"environment": "prod"})


def test_the_command_says_what_is_missing(root: Path) -> None:
    """Without pygls there is one line, which says how to install it."""
    program = "import sys; sys.modules['pygls'] = None; from trainspec.cli import main; sys.exit(main(['lsp']))"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'trainspec[lsp]'" in done.stderr
