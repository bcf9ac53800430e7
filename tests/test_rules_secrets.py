"""What is recognised as a secret, and that no finding shows one."""

import pytest
from trainspec.diagnostics.formats import Report, render
from trainspec.reference.fixable import spec_with

from test_rules import findings

BY_FORM = {
    "AWS": "AKIAIOSFODNN7EXAMPLE",
    "GitHub": "ghp_" + "aB3" * 12,
    "GitLab": "glpat-" + "aB3_-" * 4,
    "Slack": "xoxb-" + "1234567890-abc",
    "Hugging Face": "hf_" + "aB" * 17,
    "OpenAI": "sk-proj-" + "aB3" * 10,
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a web token": "eyJhbGciOiJI." + "eyJzdWIiOiIx.c2ln",
    "a password in an address": "postgresql://user:" + "hunter2@db:5432/x",
}

BY_NAME = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
    "WANDB_API_KEY": "0123456789abcdef" * 2 + "01234567",
    "databasePassword": "hunter2",
    "comet_token": "aB3dE5gH7jK9mN1pQ3sT5",
}

NONE = {
    "KMS_KEY_ID": "1234abcd-12ab-34cd-56ef-1234567890ab",
    "SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:mine",
    "DB_PASSWORD": "{{ params.x }}",
    "PASSWORD": "",
    "eos_token": "<|endoftext|>",
    "join_key": "customer_id_and_order_id",
    "auth": "true",
    "source": "s3://my-bucket/code/aB3dE5gH7jK9mN1pQ3sT5.tar.gz",
    "git_commit": "0123456789abcdef0123456789abcdef01234567",
    "address": "postgresql://db.internal:5432/x",
    "user_at": "s3://my-bucket/user@example.com/",
}


@pytest.mark.parametrize("block", ["environment", "hyperparameters", "tags"])
@pytest.mark.parametrize(
    ("name", "secret", "code"),
    [
        *(("VALUE", secret, "TS570") for secret in BY_FORM.values()),
        *((name, secret, "TS571") for name, secret in BY_NAME.items()),
    ],
    ids=[*BY_FORM, *BY_NAME],
)
def test_secret_is_found_and_kept(block: str, name: str, secret: str, code: str) -> None:
    if block == "tags" and "|" in secret:
        return
    fields = f"{block}: {{{name}: '{secret}'}}"
    (found,) = [each for each in findings(fields) if each.code.id.startswith("TS57")]
    assert found.code.id == code
    assert secret not in f"{found.message} {found.advice} {found.field}"
    shown = "\n".join(render("text", Report([found], lambda _: spec_with(fields).splitlines())))
    assert secret not in shown
    assert f"{name}: ***" in shown


@pytest.mark.parametrize(("name", "text"), NONE.items(), ids=NONE)
def test_no_secret(name: str, text: str) -> None:
    assert findings(f"hyperparameters: {{{name}: '{text}'}}") == []


def test_secret_among_the_arguments() -> None:
    (found,) = findings("arguments: [--key, AKIAIOSFODNN7EXAMPLE]")
    assert found.code.id == "TS570"


@pytest.mark.parametrize(
    ("text", "is_secret"),
    [
        ("{{ conn.warehouse.password }}", True),
        ("{{ conn.get('warehouse').get_uri() }}", True),
        ("{{ var.value.hf_token }}", True),
        ("{{ var.value.get('API_KEY') }}", True),
        ("{{ var.value.bucket }}", False),
        ("{{ conn.warehouse.host }}", False),
    ],
)
def test_secret_of_airflow(text: str, is_secret: bool) -> None:
    assert [each.code.id for each in findings(f'environment: {{X: "{text}"}}')] == ["TS572"] * is_secret
