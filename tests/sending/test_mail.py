"""Digests by mail, to a real server: each once, none lost, whatever the server answers or breaks off."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from sending_help import DAY, FACTS, LATE, Firm, Postbox, made_firm, mail_server

from engine.errors import StoreError, UsageError
from engine.outgoing import check_ways, show_digest
from engine.store import open_store
from engine.store.opening import deliver_lock
from engine.store.outbox import drop, moment, try_again

ROOT = Path(__file__).parent.parent.parent
SENDER = "holdfast 系统 <holdfast@firm.example>"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm after a night without delivery but for the settings: two people, a late promise each."""
    firm = made_firm(tmp_path_factory.mktemp("mail") / "firm")
    firm.settings(mail=local(1))
    firm.night()
    return firm.root


@pytest.fixture
def firm(model: Path, tmp_path: Path) -> Firm:
    return Firm(Path(shutil.copytree(model, tmp_path / "firm")))


@pytest.fixture
def box() -> Iterator[Postbox]:
    with mail_server() as found:
        yield found


def local(port: int, **more: Any) -> dict[str, Any]:
    return {"host": "localhost", "port": port, "security": "none", "from": SENDER, **more}


def test_each_person_gets_one_mail_in_their_language(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port, reply_to="boss@firm.example"))
    found = firm.deliver()
    assert found.whole and found.count("sent") == 2
    assert box.to == ["ann@firm.example", "wang@firm.example"]
    ann, wang = box.taken
    assert str(ann["Subject"]) == "20 Nov Fri: 1 task, 1 new"
    assert str(wang["Subject"]) == "11月20日 周五：1 项任务，新 1 项"
    assert (str(ann["To"]), str(wang["To"])) == ("Ann <ann@firm.example>", "王伟 <wang@firm.example>")
    assert str(ann["From"]) == SENDER and str(ann["Reply-To"]) == "boss@firm.example"
    assert ann["Auto-Submitted"] == "auto-generated" and ann["Message-ID"] != wang["Message-ID"]
    for mail, said in ((ann, "delivery promised for 2026-11-10, 10 days late"), (wang, "已逾期 8 天")):
        for kind in ("plain", "html"):
            part = mail.get_body((kind,))
            assert part is not None and said in part.get_content()
    assert [m.reply for m in firm.outbox()] == ["taken as 4711"] * 2
    assert firm.deliver().messages == () and len(box.taken) == 2


def test_the_same_night_again_sends_nothing_and_a_dry_run_queues_nothing(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    firm.deliver()
    firm.night()
    firm.night(promises=LATE + "p3,a1,delivery,2026-10-01,2026-11-11,\n")  # other facts on the same day
    firm.deliver()
    assert len(box.taken) == 2 and len(firm.outbox()) == 2


def test_what_is_new_is_new_since_the_last_mail_and_what_went_is_told(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    firm.deliver()
    more = "p3,a1,delivery,2026-10-01,2026-11-11,\np4,a1,delivery,2026-10-01,2026-11-13,\n"
    firm.night(DAY + timedelta(1), LATE + more)
    firm.night(DAY + timedelta(2), LATE.replace("11-10,", "11-10,2026-11-21") + more)
    assert [state for _, state, _ in firm.states()] == [
        "sent",
        "sent",
        "superseded",
        "superseded",
        "waiting",
        "waiting",
    ]
    firm.deliver()
    [ann] = [mail for mail in box.taken[2:] if "Ann" in str(mail["To"])]
    assert str(ann["Subject"]) == "22 Nov Sun: 2 tasks, 2 new"
    body = ann.get_body(("plain",))
    text = body.get_content() if body else ""
    assert text.index("NEW") < text.index("Keep p3") < text.index("GONE BY THEMSELVES") < text.index("Keep p1")
    wang = box.taken[-1].get_body(("plain",))
    assert wang is not None and "今天到期" in wang.get_content() and "新任务" not in wang.get_content()


def test_who_has_nowhere_to_be_reached_is_noted_once(firm: Firm, box: Postbox) -> None:
    rep = FACTS["rep"].replace("ann@firm.example", "").replace("wang@firm.example", "a@b.c\ufeff d@e.f")
    firm.settings(mail=local(box.port))
    firm.night(DAY + timedelta(1), rep=rep)
    firm.night(DAY + timedelta(2), rep=rep)
    assert firm.states()[2:] == [("r1", "no_address", "no_address"), ("r2", "no_address", "bad_address")]
    firm.night(DAY + timedelta(3))
    assert firm.deliver().count("sent") == 2


def test_nothing_to_do_is_no_mail_unless_it_is_wanted(firm: Firm, box: Postbox) -> None:
    kept = LATE.replace("11-10,", "11-10,2026-11-20").replace("11-12,", "11-12,2026-11-20")
    firm.settings(mail=local(box.port))
    firm.night(DAY + timedelta(1), kept)
    assert firm.deliver().count("empty") == 2 and box.taken == []
    firm.settings(mail=local(box.port), digest={"when": "daily", "empty": True})
    firm.night(DAY + timedelta(2), kept)
    assert firm.deliver().count("sent") == 2
    assert str(box.taken[0]["Subject"]) == "22 Nov Sun: nothing to do"


def test_days_off_and_nights_without_news_when_so_set(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port), digest={"when": "workdays"})
    firm.night(DAY + timedelta(1))
    assert len(firm.outbox()) == 2
    firm.settings(mail=local(box.port), digest={"when": "changes"})
    firm.night(DAY + timedelta(3))
    assert len(firm.outbox()) == 2
    firm.night(DAY + timedelta(4), LATE + "p3,a1,delivery,2026-10-01,2026-11-11,\n")
    assert [m.person for m in firm.outbox()[2:]] == ["r1"]


def test_who_is_away_gets_none(firm: Firm) -> None:
    firm.settings(mail=local(1))
    firm.night(DAY + timedelta(1), absence="id,rep,since,until\nx,r1,2026-11-21,2026-11-25\n")
    assert "r1" not in [m.person for m in firm.outbox()[2:]]


def test_refused_for_good_fails_and_refused_for_now_is_tried_again(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    answers = {"ann@firm.example": "550 5.1.1 no such user", "wang@firm.example": "450 4.2.0 greylisted"}
    box.at_rcpt = answers.get
    found = firm.deliver()
    assert not found.whole and box.taken == []
    assert firm.states() == [("r1", "failed", "recipient"), ("r2", "waiting", "later")]
    assert "no such user" in (firm.outbox()[0].reply or "")
    box.at_rcpt = lambda _: None
    assert firm.deliver().count("sent") == 1
    with open_store(firm.workspace.store) as store:
        assert try_again(store, firm.outbox()[0].id, "m1", moment()).state == "waiting"
    assert firm.deliver().whole and box.to == ["wang@firm.example", "ann@firm.example"]


def test_a_refusal_after_the_text_counts_too(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    answers = iter(["554 looks like spam", "452 full", None])
    box.at_data = lambda: next(answers)
    firm.deliver()
    assert firm.states() == [("r1", "failed", "refused"), ("r2", "waiting", "later")]
    assert firm.deliver().whole


def test_the_pause_grows_and_is_kept(firm: Firm) -> None:
    firm.settings(mail=local(1), retry_minutes=[1, 10])
    for wanted in (1, 10, 10):
        before = moment()
        found = firm.deliver()
        assert found.troubles["mail"].why == "connect" and found.count("waiting") == 2
        for message in firm.outbox():
            assert message.next_try_at is not None
            assert timedelta(minutes=wanted - 0.1) < message.next_try_at - before < timedelta(minutes=wanted + 1)
        assert firm.deliver().messages == ()
        with open_store(firm.workspace.store) as store, store.transaction() as tx:
            tx.execute("update outbox set next_try_at = '2026-01-01T00:00:00+00:00'")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_encrypted_with_a_login(firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str) -> None:
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    other.cert_pem.write_to_path(str(tmp_path / "other.pem"))
    with mail_server(authority, security, "geheim-1234") as box:
        mail = local(box.port, security=security, user="holdfast", password_env="MAIL_WORD", ca_file="../ca.pem")
        firm.settings(mail=mail)
        troubles = []
        for word, change in (
            (None, {}), ("wrong-word-99", {}), ("geheim-1234", {"ca_file": None}),
            ("geheim-1234", {"ca_file": "../other.pem"}), ("geheim-1234", {"host": "127.0.0.1"}),
            ("geheim-1234", {"ca_file": "../none.pem"}),
        ):  # fmt: skip
            monkeypatch.delenv("MAIL_WORD", raising=False)
            if word:
                monkeypatch.setenv("MAIL_WORD", word)
            firm.settings(mail={k: v for k, v in {**mail, **change}.items() if v is not None})
            found = firm.deliver()
            assert found.count("waiting") == 2 and box.taken == []
            troubles.append(found.troubles["mail"].why)
            assert word is None or word not in str(found)
        assert troubles == ["no_variable", "login", "certificate", "certificate", "certificate", "ca_file"]
        monkeypatch.setenv("MAIL_WORD", "geheim-1234")
        firm.settings(mail=mail)
        assert check_ways(firm.workspace) == {"mail": None} and box.taken == []
        assert firm.deliver().count("sent") == 2 and len(box.taken) == 2
    assert b"geheim" not in firm.workspace.database.read_bytes()


def test_without_starttls_nothing_is_sent_in_the_clear(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port, security="starttls"))
    assert firm.deliver().troubles["mail"].why == "no_tls"
    assert box.taken == []


def test_a_calendar_goes_with_it_where_that_is_set(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port, calendar=True))
    firm.deliver()
    [file] = list(box.taken[0].iter_attachments())
    assert file.get_filename() == "tasks.ics" and "BEGIN:VEVENT" in file.get_content()


def command(firm: Firm, *words: str) -> "subprocess.Popen[str]":
    line = [sys.executable, str(ROOT / "cli.py"), *words, "--workspace", str(firm.root)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.parametrize("step", ["before", "after"])
def test_a_delivery_that_is_killed(firm: Firm, box: Postbox, step: str) -> None:
    """Killed by the server itself: before the text is sent, or when the server has it and has not answered yet."""
    firm.settings(mail=local(box.port))
    started = command(firm, "deliver")

    def kill(*_: object) -> None:
        os.kill(started.pid, signal.SIGKILL)
        started.wait()

    if step == "before":
        box.at_rcpt = kill
    else:
        box.at_data = kill
    started.communicate()
    box.at_rcpt, box.at_data = lambda _: None, lambda: None
    if step == "before":
        assert [state for _, state, _ in firm.states()] == ["waiting", "waiting"]
        assert firm.deliver().whole and box.to == ["ann@firm.example", "wang@firm.example"]
        return
    assert [state for _, state, _ in firm.states()] == ["sending", "waiting"]
    found = firm.deliver()
    assert found.broken_off == 1 and not found.whole
    assert firm.states() == [("r1", "unsure", "killed"), ("r2", "sent", None)]
    assert box.to == ["ann@firm.example", "wang@firm.example"]  # nobody had two
    number = firm.outbox()[0].id
    with open_store(firm.workspace.store) as store:
        try_again(store, number, "m1", moment())
    firm.deliver()
    first, last = box.taken[0], box.taken[-1]
    assert first["Message-ID"] == last["Message-ID"]  # a mailbox that has the first one drops the second


def test_a_server_that_falls_silent_after_the_text_is_unsure(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port), timeout_seconds=0.1)
    silence = threading.Event()
    box.at_data = lambda: str(silence.wait(30)) and "250 too late"
    found = firm.deliver()
    silence.set()
    assert found.count("sent") == 0 and firm.states()[0] == ("r1", "unsure", "timeout")
    assert len(box.to) <= 2


def test_two_deliveries_at_once(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    with deliver_lock(firm.workspace.store), pytest.raises(StoreError, match="another delivery is at work"):
        firm.deliver()
    both = [command(firm, "deliver") for _ in range(2)]
    said = [process.communicate()[0] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 0], [0, 1]), said
    assert sorted(box.to) == ["ann@firm.example", "wang@firm.example"]


def test_what_waits_can_be_dropped_and_an_old_one_is_not_sent_again(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    first, second = (m.id for m in firm.outbox())
    with open_store(firm.workspace.store) as store:
        assert drop(store, first, "m1", moment()).state == "dropped"
        with pytest.raises(UsageError, match="is dropped"):
            drop(store, first, "m1", moment())
    firm.deliver()
    firm.night(DAY + timedelta(1))
    with open_store(firm.workspace.store) as store:
        with pytest.raises(UsageError, match="overtaken by message"):
            try_again(store, first, "m1", moment())
        with pytest.raises(UsageError, match="is sent"):
            try_again(store, second, "m1", moment())
    assert box.to == ["wang@firm.example"]


def test_texts_are_forgotten_after_some_days(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port), keep_days=1)
    firm.deliver()
    assert all(m.content for m in firm.outbox())
    with open_store(firm.workspace.store) as store, store.transaction() as tx:
        tx.execute("update outbox set changed_at = '2026-01-01T00:00:00+00:00'")
    firm.deliver()
    assert [(m.state, m.content) for m in firm.outbox()] == [("sent", None), ("sent", None)]


def test_hostile_names_are_text(firm: Firm, box: Postbox) -> None:
    evil = '"<script>alert(1)</script>\nBcc: x@evil.example"'
    firm.settings(mail=local(box.port))
    account = f"id,name,owner,kind\na1,{evil},r1,customer\na2,Acme,r2,customer\n"
    rep = FACTS["rep"].replace("r1,Ann,", f"r1,{evil},")
    firm.night(DAY + timedelta(1), LATE + "p3,a1,delivery,2026-10-01,2026-11-11,\n", account=account, rep=rep)
    firm.deliver()
    mail = next(mail for mail in box.taken if "ann@firm.example" in str(mail["To"]))
    page = mail.get_body(("html",))
    assert mail["Bcc"] is None and box.to == ["ann@firm.example", "wang@firm.example"]
    assert page is not None and "<script" not in page.get_content() and "&lt;script&gt;" in page.get_content()


def test_a_preview_sends_nothing_and_needs_no_settings(firm: Firm, box: Postbox) -> None:
    firm.settings(mail=local(box.port))
    shown = show_digest(firm.workspace, "王伟")
    assert shown is not None and shown.mail is not None and shown.to == "wang@firm.example"
    assert shown.mail.subject == "11月20日 周五：1 项任务，新 1 项"
    text = (firm.root / "holdfast.yaml").read_text(encoding="utf-8").partition("delivery:")[0]
    (firm.root / "holdfast.yaml").write_text(
        text + "language: en\n" if "language" not in text else text, encoding="utf-8"
    )
    assert show_digest(firm.workspace, "r1") is not None
    assert show_digest(firm.workspace, "m1") is None
    with pytest.raises(UsageError, match="sets no delivery"):
        firm.deliver()
    assert box.taken == [] and replace(firm.outbox()[0]).state == "waiting"
