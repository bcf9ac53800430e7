"""No output shows a secret: neither the rest of a longer token, nor one deep in the data, nor one that is quoted."""

import json
from pathlib import Path

import pytest
from trainspec.cli import main
from trainspec.diagnostics.formats import FORMATS
from trainspec.diagnostics.words import LONGEST, cut
from trainspec.runtime.engine.problems import redacted as redacted_message
from trainspec.safety.masking import conceal, conceal_all, form_of, redacted, secret_values, without

JOB = """\
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
TOKENS = {
    "Slack": "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
    "OpenAI": "sk-" + "proj-AAAAAAAAAAAAAAAAAAAA-the-rest-of-the-key-is-T3BlbkFJ0123456789",
    "GitLab": "glpat-" + "ABCDEFGHIJKLMNOPQRST.01.0w1x2y3z4",
    "Hugging Face": "hf_" + "A" * 30 + "tail",
    "web": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "GitHub": "ghp_" + "aB3" * 12 + "more",
    "key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIabc\ndef==\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_token_is_masked_to_its_end(token: str) -> None:
    shown = conceal(f"a: '{token}', b: 1")
    assert shown == "a: '" + "".join("\n" if each == "\n" else "*" for each in token) + "', b: 1"


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("before", [0, 40, 70, 80])
def test_a_token_that_a_message_cuts_is_masked(token: str, before: int) -> None:
    message = cut("-" * before + token + " and more" * 100, LONGEST)
    assert message == "-" * before + conceal(token + " and more" * 100)[: LONGEST - 3 - before] + "..."
    assert not any(part in message for part in {token[:8], token[-8:]})


@pytest.mark.parametrize(
    "text",
    [
        "db_password: hunter2-x",
        'password = "hunter2-x"',
        "{'DB_PASS': 'hunter2-x'}",
        '{\\"password\\": \\"hunter2-x\\"}',
        "--db-password hunter2-x",
        '["--password", "hunter2-x"]',
        "--api-token=hunter2-x",
        "clientSecret: hunter2-x",
    ],
)
def test_a_name_gives_its_value_away(text: str) -> None:
    assert "hunter2" not in conceal_all(text)
    assert len(conceal_all(text)) == len(text)


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_token_in_colour(token: str) -> None:
    shown = conceal(f"\x1b[1;31m{token}\x1b[0m password\x1b[m=\x1b[31mhunter2")
    assert shown.startswith("\x1b[1;31m****")
    assert token[-8:] not in shown
    assert conceal_all("\x1b[31mpassword=hunter2\x1b[0m") == "\x1b[31mpassword=*******\x1b[0m"


@pytest.mark.parametrize(
    "text",
    [
        "tokenizer: bert-base",
        "password: {{ params.x }}",
        "secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:mine",
        "max_token: 2048",
        "use_auth: true",
        "the password is long",
        "key: 'a'",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert conceal_all(text) == text


DATA = {
    "HyperParameters": {"nested": '{"a": [{"password": "hunter2-deep"}]}', "lr": "0.1"},
    "Environment": {"DB_PASS": "hunter2-pass"},
    "Tags": [{"Key": "api_token", "Value": "hunter2-tag"}, {"Key": "team", "Value": "ml"}],
    "AlgorithmSpecification": {"ContainerArguments": ["--password", "hunter2-arg", "--epochs", "10"]},
}


def test_data_at_any_depth() -> None:
    shown = json.dumps(redacted(DATA))
    assert "hunter2" not in shown
    assert all(kept in shown for kept in ("0.1", "ml", "--epochs", "10", "--password"))
    assert {each.removeprefix("hunter2-") for each in secret_values(DATA)} == {"deep", "pass", "tag", "arg"}


@pytest.mark.parametrize("value", ["two\nlines of it", 'a"b-quoted', "back\\slash", "ünïcode"])
def test_values_that_are_quoted_escaped(value: str) -> None:
    for said in (value, json.dumps(value), json.dumps(value, ensure_ascii=False), repr(value)):
        assert value[-6:] not in without(f"failed: {said}", frozenset({value}))


def test_messages_of_aws() -> None:
    request = {
        "Environment": {"PEM": "-----BEGIN\nline-Secret-3333\n-----END", "Q": 'a"b-Secret-4444'},
        "AlgorithmSpecification": {"ContainerArguments": ["--password", "arg-Secret-1111"]},
        "Tags": [{"Key": "token", "Value": "tag-Secret-2222"}],
    }
    said = "Value '[--password, arg-Secret-1111]' at 'x'; 'tag-Secret-2222'; -----BEGIN\nline-Secret-3333\n-----END"
    assert "Secret-" not in redacted_message(said + '; "a\\"b-Secret-4444"', request)


SPEC = f"""trainspec: 1
dag: {{id: a}}
tasks:
  t: {{operator: a.b.C, arguments: {{slack: {TOKENS["Slack"]}, "password": hunter2-task}}, depends_on: nothing}}
triggers:
  go: {{dag: other, conf: {{api_token: hunter2-conf}}, depends_on: nobody}}
jobs:
  train:
{JOB}    hyperparameters: {{openai: {TOKENS["OpenAI"]}, nested: {{password: hunter2-nested}}}}
    environment: {{DB_PASSWORD: hunter2-environment}}
    arguments: ["--password", "hunter2-argument"]
    tags: {{secret: hunter2-tag}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
def test_findings(form: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--format", form]) == 1
    _shows_none(capsys)


@pytest.mark.parametrize(
    "command", ["request specs/a.yaml --origin", "request specs/a.yaml --redact", "graph specs/a.yaml", "lint --fix"]
)
def test_commands(command: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _make_valid(project)
    assert main(command.split()) in (0, 1)
    _shows_none(capsys)


def test_differences(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _make_valid(project)
    main(["compile"])
    old = (project / "specs" / "a.yaml").read_text()
    (project / "specs" / "b.yaml").write_text(old.replace("hunter2", "hunter2-new"))
    (project / "specs" / "a.yaml").write_text(old.replace("hunter2", "hunter2-new"))
    capsys.readouterr()
    assert main(["compile", "specs/a.yaml", "--check"]) == 1
    (project / "old.yaml").write_text(old)
    for form in ("text", "json", "markdown"):
        main(["diff", "old.yaml", "specs/a.yaml", "--format", form])
    _shows_none(capsys)


def _make_valid(project: Path) -> None:
    path = project / "specs" / "a.yaml"
    path.write_text(SPEC.replace(", depends_on: nothing", "").replace(", depends_on: nobody", ""), encoding="utf-8")


def _shows_none(capsys: pytest.CaptureFixture[str]) -> None:
    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert "hunter2" not in text, text[max(0, text.find("hunter2") - 200) :][:400]
        assert "T3Blbk" not in text
        assert "1234567890123" not in text


@pytest.mark.parametrize(
    "secret",
    [
        *TOKENS.values(),
        "AKIA" + "ABCDEFGH" * 2,
        "ASIA" + "ABCDEFGH" * 2,
        "github_pat_" + "a" * 22,
        "rk_live_" + "a" * 16,
        "AIza" + "a" * 35,
        "npm_" + "a" * 36,
        "pypi-" + "a" * 32,
        "postgresql://me:hunter2-x@db.example.com/x",
    ],
)
def test_a_long_text_is_searched_like_a_short_one(secret: str) -> None:
    """A quick check decides about long texts: it misses no form of a secret."""
    form = form_of(secret)
    assert form is not None
    filled = "x = 1  # https://example.com/@me\n" * 200
    assert form_of(filled) is None
    assert form_of(f"{filled}{secret}\n{filled}") == form
