"""Digests to chat robots, to a real web server: their forms, signatures, limits, answers; nothing in them acts."""

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from sending_help import DAY, LATE, Firm, Robot, made_firm, robot

from engine.delivery.exports.people import Item
from engine.outgoing import check_ways, show_digest
from engine.sending.chat import payload, preview, size
from engine.sending.digest import LATER, NEW, Digest
from engine.sending.terms import FORMS
from engine.store.shown import TaskRow

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 22)
HOSTILE = (
    "<!channel>", "<@all>", "@all @here @所有人", '<at user_id="all">x</at>', "<at id=all></at>", "[x](http://evil)",
    "**b** `c` _i_ ~s~", "# head", "> quote", "&lt;!channel&gt;", "<http://evil|x>", "a\nb", "\u202egnirts",
)  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm after a night with two robots: one tells of all, one of the department east, in Chinese."""
    firm = made_firm(tmp_path_factory.mktemp("robots") / "firm")
    firm.settings(webhooks=[hook("all", "wecom"), hook("none", "slack", **{"for": ["moon"]})])
    firm.night()
    return firm.root


@pytest.fixture
def firm(model: Path, tmp_path: Path) -> Firm:
    return Firm(Path(shutil.copytree(model, tmp_path / "firm")))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    with robot() as found:
        monkeypatch.setenv("ROBOT_URL", found.url)
        yield found


def hook(name: str, form: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "form": form, "url_env": "ROBOT_URL", **more}


def task(number: int, text: str) -> Item:
    row = TaskRow(
        f"t{number:09}", "a1", text, "promise", "p", "keep", "go", "r1", text, None, TODAY + timedelta(number), 1,
        "open", None, None, None, text, "", (), (),
    )  # fmt: skip
    return Item(row, (text, text, text))


def digest(items: list[Item], name: str = "Ann", language: str = "en") -> Digest:
    return Digest("r1", name, language, len(items), 0, 1, {NEW: tuple(items[:1]), LATER: tuple(items[1:])})


def test_a_group_gets_one_message_and_a_robot_of_nobody_is_noted(firm: Firm, web: Robot) -> None:
    assert firm.states() == [("all", "waiting", None), ("none", "no_address", "nobody")]
    assert firm.deliver().whole
    [body] = web.bodies
    text = body["markdown"]["content"]
    assert body["msgtype"] == "markdown" and web.paths == ["/send?key=very-secret-key"]
    assert "Ann" in text and "王伟" in text and "10 days late" in text
    assert firm.deliver().messages == () and len(web.bodies) == 1
    firm.night()
    assert firm.deliver().messages == () and len(web.bodies) == 1


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("wecom", '{"errcode": 0, "errmsg": "ok"}'), ("dingtalk", '{"errcode": 0, "errmsg": "ok"}'),
        ("feishu", '{"code": 0, "msg": "success", "data": {}}'), ("feishu", '{"StatusCode": 0, "StatusMessage": "ok"}'),
        ("slack", "ok"),
    ],
)  # fmt: skip
def test_each_form_is_sent_and_its_answer_understood(firm: Firm, web: Robot, form: str, answer: str) -> None:
    firm.settings(webhooks=[hook("all", form, language="zh")])
    web.answer = lambda: (200, {}, answer)
    firm.night(DAY + timedelta(1))
    assert firm.deliver().whole and firm.outbox()[-1].state == "sent"
    said = preview(form, web.bodies[0])
    assert "11月21日 周六任务" in said and "已逾期" in said and "北方光学" in said


def test_signatures(firm: Firm, web: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT_WORD", "SECabc")
    for n, form in enumerate(("dingtalk", "feishu"), 1):
        firm.settings(webhooks=[hook("all", form, secret_env="ROBOT_WORD")])
        firm.night(DAY + timedelta(n))
        assert firm.deliver().whole
    query = parse_qs(urlsplit(web.paths[0]).query)
    moment, sign = query["timestamp"][0], query["sign"][0]
    wanted = hmac.new(b"SECabc", f"{moment}\nSECabc".encode(), hashlib.sha256).digest()
    assert base64.b64decode(sign) == wanted and query["key"] == ["very-secret-key"] and len(moment) == 13
    body = web.bodies[1]
    wanted = hmac.new(f"{body['timestamp']}\nSECabc".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(body["sign"]) == wanted and len(body["timestamp"]) == 10
    assert b"SECabc" not in firm.workspace.database.read_bytes()


@pytest.mark.parametrize(
    ("form", "status", "headers", "text", "state", "why"),
    [
        ("wecom", 200, {}, '{"errcode": 93000, "errmsg": "invalid webhook url"}', "failed", "refused"),
        ("wecom", 200, {}, '{"errcode": 45009, "errmsg": "freq out of limit"}', "waiting", "too_fast"),
        ("dingtalk", 200, {}, '{"errcode": 310000, "errmsg": "sign not match"}', "failed", "refused"),
        ("dingtalk", 200, {}, '{"errcode": 130101, "errmsg": "send too fast"}', "waiting", "too_fast"),
        ("feishu", 200, {}, '{"code": 19021, "msg": "sign match fail"}', "failed", "refused"),
        ("feishu", 400, {}, '{"code": 11232, "msg": "frequency limited"}', "waiting", "too_fast"),
        ("feishu", 200, {}, '{"code": 9499, "msg": "too many request"}', "waiting", "too_fast"),
        ("feishu", 200, {}, '{"code": 9499, "msg": "Bad Request"}', "failed", "refused"),
        ("slack", 404, {}, "no_service", "failed", "refused"),
        ("slack", 429, {"Retry-After": "300"}, "rate_limited", "waiting", "too_fast"),
        ("slack", 500, {}, "rollup_error", "waiting", "later"),
        ("slack", 200, {}, "<html>sign in</html>", "unsure", "reply"),
        ("wecom", 504, {}, "", "unsure", "gateway"),
        ("wecom", 302, {"Location": "http://elsewhere.example/"}, "", "failed", "redirect"),
        ("wecom", 200, {}, "very-secret-key", "unsure", "reply"),
    ],
)
def test_what_answers_mean(
    firm: Firm, web: Robot, form: str, status: int, headers: dict[str, str], text: str, state: str, why: str
) -> None:
    firm.settings(webhooks=[hook("all", form)])
    web.answer = lambda: (status, headers, text)
    before = datetime.now(UTC)
    firm.deliver()
    [found] = [m for m in firm.outbox() if m.channel == "all"]
    assert (found.state, found.why) == (state, why) and len(web.bodies) == 1
    assert "very-secret-key" not in (found.reply or "")
    if headers.get("Retry-After"):
        assert found.next_try_at is not None and found.next_try_at - before > timedelta(seconds=290)
    assert b"very-secret-key" not in firm.workspace.database.read_bytes()


def test_a_delivery_killed_while_the_robot_answers_is_not_sent_again(firm: Firm, web: Robot) -> None:
    line = [sys.executable, str(ROOT / "cli.py"), "deliver", "--workspace", str(firm.root)]
    started = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def answer() -> tuple[int, dict[str, str], str]:
        os.kill(started.pid, signal.SIGKILL)
        return 200, {}, '{"errcode": 0}'

    web.answer = answer
    started.communicate()
    found = firm.deliver()
    assert found.broken_off == 1 and firm.states()[0] == ("all", "unsure", "killed") and len(web.bodies) == 1


def test_the_certificate_is_checked_and_the_address_is_secret(
    firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with robot(authority) as web:
        firm.settings(webhooks=[hook("all", "wecom")])
        for url, why in (
            ("", "no_variable"), ("http://robots.example/x", "address"), ("ftp://x/y", "address"), ("hello", "address"),
            (web.url, "certificate"), ("https://localhost:1/x", "connect"),
        ):  # fmt: skip
            monkeypatch.setenv("ROBOT_URL", url)
            found = firm.deliver()
            assert found.troubles["all"].why == why and found.count("waiting") == 1
            assert "very-secret" not in str(found)
        firm.settings(webhooks=[hook("all", "wecom", ca_file="../ca.pem")])
        monkeypatch.setenv("ROBOT_URL", web.url)
        assert check_ways(firm.workspace) == {"all": None} and web.bodies == []
        assert firm.deliver().whole and len(web.bodies) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_or_text_acts(form: str, text: str) -> None:
    body = payload(form, [digest([task(1, text), task(2, text)], text), digest([task(3, text)], text)], TODAY, "en", 20)
    said = preview(form, body)
    if form == "feishu":
        texts = [body["card"]["header"]["title"], *(element["text"] for element in body["card"]["elements"])]
        assert {part["tag"] for part in texts} == {"plain_text"}
    else:
        shown = said.replace("\n> ", "\n").replace("**", "").replace("## ", "").replace("# ", "")
        assert "<" not in shown and "`" not in shown
        assert form == "slack" or ("@" not in shown and "](" not in shown)
    assert "\u202e" not in said and json.loads(json.dumps(body)) == body
    if form == "dingtalk":
        assert body["at"] == {"isAtAll": False, "atMobiles": [], "atUserIds": []}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("people", "tasks"), [(1, 200), (30, 20), (400, 3)])
def test_what_is_too_long_is_cut_at_whole_tasks(form: str, people: int, tasks: int) -> None:
    many = [
        digest([task(n, f"任务<{n}>" + "很长的标题&" * 30) for n in range(tasks)], f"人员{i}") for i in range(people)
    ]
    body = payload(form, many, TODAY, "zh", 200)
    said = preview(form, body)
    assert "另有" in said
    if form == "wecom":
        assert len(body["markdown"]["content"].encode()) <= 4096
    elif form == "slack":
        assert len(body["blocks"]) <= 50 and all(len(b["text"]["text"]) <= 3000 for b in body["blocks"])
        assert len(body["blocks"][0]["text"]["text"]) <= 150
    else:
        assert size(body) <= 20_000


def test_a_preview_of_a_robot(firm: Firm) -> None:
    shown = show_digest(firm.workspace, "all")
    assert shown is not None and shown.payload is not None and "Ann" in preview("wecom", shown.payload)
    firm.settings(webhooks=[hook("east", "slack", **{"for": ["east"]})])
    shown = show_digest(firm.workspace, "east")
    assert shown is not None and shown.payload is not None and "Ann" in preview("slack", shown.payload)
    shown = show_digest(firm.workspace, "r1", form="feishu")
    assert shown is not None and shown.form == "feishu"


def test_a_way_that_is_gone_fails(firm: Firm, web: Robot) -> None:
    firm.settings(webhooks=[hook("other", "wecom")])
    firm.deliver()
    assert firm.states()[0] == ("all", "failed", "channel") and web.bodies == []
    assert LATE
