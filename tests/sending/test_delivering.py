"""The settings of delivery, and the commands deliver and outbox as people use them."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import Result
from sending_help import DAY, LATE, PROMISES, Firm, made_firm, mail_server
from typer.testing import CliRunner

from cli import app
from engine.errors import HoldfastError, UsageError
from engine.inquiry import check_ledger, replay_run
from engine.job import night_of
from engine.sending.addresses import mail_address
from engine.sending.terms import Secret
from engine.store import open_store
from engine.workspace import open_workspace

MAIL = {"host": "localhost", "port": 1, "security": "none", "from": "h@firm.example"}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """A firm after a night; its mail server is not there."""
    made = made_firm(tmp_path_factory.mktemp("delivering") / "firm")
    made.settings(
        mail={"host": "localhost", "port": 1, "security": "none", "from": "h@firm.example"}, retry_minutes=[5]
    )
    made.night()
    return made


def faults(folder: Path, text: str) -> str:
    (folder / "holdfast.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(HoldfastError) as caught:
        open_workspace(folder)
    return caught.value.message


def run(firm: Firm, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--workspace", str(firm.root)])


def test_settings_in_full(tmp_path: Path) -> None:
    text = """
delivery:
  mail: {host: smtp.firm.example, from: "holdfast <h@firm.example>", user: h, password_file: secret/mail}
  webhooks:
    - {name: east, form: dingtalk, url_env: EAST, secret_env: EAST_WORD, for: east, language: zh}
"""
    (tmp_path / "holdfast.yaml").write_text(text, encoding="utf-8")
    found = open_workspace(tmp_path).settings.delivery
    assert found is not None and found.mail is not None and found.channels == ("mail", "east")
    assert (found.mail.port, found.mail.security) == (465, "tls")
    assert found.mail.password == Secret(file=tmp_path / "secret" / "mail")
    assert found.webhooks[0].whom == ("east",) and found.digest.when == "workdays"


def test_secrets_in_the_file_are_refused_and_not_repeated(tmp_path: Path) -> None:
    said = faults(
        tmp_path,
        "delivery:\n  mail: {host: localhost, from: a@b.example, user: h, password: pass-word-1}\n"
        "  webhooks: [{name: x, form: slack, url: 'https://hooks.example/T0/B0/zzz'}]\n",
    )
    assert said.count("[plain-secret]") == 2 and "password_env: …" in said and "url_env: …" in said
    assert "pass-word-1" not in said and "zzz" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail: {host: smtp.firm.example, from: a@b.example, security: none}", "would travel in the clear"),
        ("mail: {host: localhost, from: a@b.example, user: h}", "needs the key 'password_env' beside it"),
        ("mail: {host: localhost, from: 'a@b.example, c@d.example'}", "is no mail address"),
        ("mail: {host: localhost}", "needs the key 'from'"),
        ("webhooks: [{name: mail, form: slack, url_env: X}]", "the name 'mail' is taken"),
        ("webhooks: [{name: x, form: slack}]", "has no address"),
        ("webhooks: [{name: x, form: slack, url_env: 'https://hooks.example/zzz'}]", "holds no name of an environment"),
        ("webhooks: [{name: x, form: slack, url_env: X, secret_env: Y}]", "are not signed"),
        ("webhooks: [{name: x, form: teams, url_env: X}]", "'teams' is not a value of 'form'"),
        ("digest: {when: dayly}", "did you mean 'daily'?"),
    ],
)
def test_faults_of_settings(tmp_path: Path, text: str, said: str) -> None:
    found = faults(tmp_path, f"delivery: {{{text}}}\n")
    assert said in found and "zzz" not in found


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("a@b.cn", "a@b.cn"), ("王伟 <w@例子.cn>", "w@xn--fsqu00a.cn"), ("a@localhost", "a@localhost"),
        ("a@b.cn, c@d.cn", None), ("a@b.cn\r\nBcc: x@y.z", None), ("a b@c.cn", None), ("王@b.cn", None), ("", None),
        ("a@", None), ("@b", None), ("a" * 250 + "@b.cn", None), ("<a@b.cn> RCPT", None),
    ],
)  # fmt: skip
def test_an_address_is_one_address(text: str, spec: str | None) -> None:
    found = mail_address(text)
    assert (found.addr_spec if found else None) == spec


def test_a_dry_run_queues_nothing_and_the_ledger_stays_whole(firm: Firm) -> None:
    before = firm.states()
    with night_of(firm.workspace, DAY.replace(day=21), dry_run=True):
        pass
    assert firm.states() == before
    assert check_ledger(firm.workspace, None, None).damages == ()
    assert replay_run(firm.workspace, "last")[1].same


def test_the_commands(firm: Firm, tmp_path: Path) -> None:
    sent = run(firm, "deliver")
    assert sent.exit_code == 1 and "mail: the server cannot be reached" in sent.stdout
    assert "2 to be tried again" in sent.stdout
    listed = json.loads(run(firm, "outbox", "list", "--format", "json").stdout)
    assert [(m["person"], m["state"], m["why"]) for m in listed] == [
        ("r2", "waiting", "connect"),
        ("r1", "waiting", "connect"),
    ]
    rows = list(csv.DictReader(io.StringIO(run(firm, "outbox", "list", "--format", "csv").stdout.lstrip("\ufeff"))))
    assert rows[0]["state"] == "waiting" and rows[0]["attempts"] == "1"
    shown = run(firm, "deliver", "--preview", "r2", "--html", str(tmp_path / "mail.html"))
    assert shown.exit_code == 0 and "已逾期" in (tmp_path / "mail.html").read_text(encoding="utf-8")
    assert "20 Nov Fri" in run(firm, "deliver", "--preview", "r1", "--as", "slack").stdout
    assert "ready" not in run(firm, "deliver", "--check").stdout
    number = str(listed[1]["id"])
    assert "is dropped" in run(firm, "outbox", "drop", number, "--by", "m1").stdout
    wrong = run(firm, "outbox", "list", "--state", "lost")
    assert isinstance(wrong.exception, UsageError) and "there is no state 'lost'" in wrong.exception.message
    with mail_server() as box:
        firm.settings(mail={**MAIL, "port": box.port})
        again = run(firm, "outbox", "retry", number, str(listed[0]["id"]), "--by", "m1")
        assert again.stdout.count("waits to be sent") == 2
        assert run(firm, "deliver").stdout.startswith("2 sent")
        assert "Keep p1" in run(firm, "outbox", "show", number).stdout
        more = PROMISES + LATE + "p5,a1,delivery,2026-10-01,2026-11-11,\n"
        (firm.root / "facts" / "promise.csv").write_text(more, encoding="utf-8")
        night = run(firm, "run", "--today", "2026-11-23", "--deliver")
        assert night.exit_code == 0 and "2 digests wait" in night.stdout and "2 sent" in night.stdout
        assert len(box.taken) == 4


def test_what_a_person_says_at_once_leaves_the_outbox_alone(firm: Firm) -> None:
    before = len(firm.outbox())
    told = run(firm, "tell", "interaction", "account=a1", "happened_on=2026-11-20", "channel=call", "--by", "r1")
    assert told.exit_code == 0, told.output
    assert len(firm.outbox()) == before
    with open_store(firm.workspace.store) as store:
        assert store.rows("select count(*) from outbox") == [(before,)]
