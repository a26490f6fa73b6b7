"""The example company: made again byte for byte, true to the contract, and as quiet as its README says."""

import csv
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMPANY = ROOT / "examples" / "company"
TOLD = {"handover": None, "account": {"successor"}, "rep": {"handed_over_on"}}  # by people, in no system's export
CONTRACT = {
    name: {**type, "fields": {n: f for n, f in type["fields"].items() if n not in (TOLD.get(name) or ())}}
    for name, type in yaml.safe_load((ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")).items()
    if TOLD.get(name, ()) is not None
}
TONIGHT = date(2026, 11, 22)
MONEY = re.compile(r"-?\d+(\.\d{1,4})?")


def _read(name):
    with (COMPANY / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FACTS = {name: _read(name) for name in CONTRACT}


def _spec(of):
    return of if isinstance(of, dict) else {"type": of}


def _on(text):
    return date.fromisoformat(text) if text else None


def _days_since(text, today=TONIGHT):
    return (today - date.fromisoformat(text)).days


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_generator_writes_the_shipped_bytes(tmp_path, hash_seed):
    subprocess.run(
        [sys.executable, "-B", str(COMPANY / "generate.py"), str(tmp_path)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    shipped = {path.name: path.read_bytes() for path in (COMPANY / "facts").iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == shipped
    assert sum(map(len, shipped.values())) < 2_000_000


@pytest.mark.parametrize("name", CONTRACT)
def test_each_type_is_there_and_fits_the_contract(name):
    fields = CONTRACT[name]["fields"]
    rows = FACTS[name]
    assert rows
    assert set(rows[0]) == {"id", *fields}
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    for row in rows:
        for field, of in fields.items():
            value, spec = row[field], _spec(of)
            if not value:
                assert not spec.get("required"), (row["id"], field)
            elif "one_of" in spec:
                assert value in map(str, spec["one_of"]), (row["id"], field)
            elif "ref" not in spec:
                _check_value(value, spec)


def _check_value(value, spec):
    kind = spec["type"]
    if kind == "date":
        assert date.fromisoformat(value) <= TONIGHT or spec.get("planned"), value
    elif kind == "boolean":
        assert value in ("true", "false")
    elif kind == "integer":
        int(value)
    elif kind in ("money", "number"):
        assert MONEY.fullmatch(value)


def test_every_ref_resolves():
    known = {name: {row["id"] for row in rows} for name, rows in FACTS.items()}
    for name, of_type in CONTRACT.items():
        for field, of in of_type["fields"].items():
            if "ref" in _spec(of):
                missing = {row[field] for row in FACTS[name] if row[field]} - known[_spec(of)["ref"]]
                assert not missing, (name, field, missing)


def test_refs_stay_within_one_account():
    for name, field, to in (
        ("interaction", "contact", "contact"),
        ("complaint", "contact", "contact"),
        ("survey", "contact", "contact"),
        ("invoice", "order", "order"),
        ("delivery", "order", "order"),
    ):
        account = {row["id"]: row["account"] for row in FACTS[to]}
        assert all(account[row[field]] == row["account"] for row in FACTS[name] if row[field]), name


def test_dates_follow_each_other():
    for name, *fields in (
        ("account", "created_on", "signed_on", "lost_on"),
        ("rep", "hired_on", "notice_on", "left_on"),
        ("absence", "told_on", "since", "until"),
        ("assignment", "since", "until"),
        ("appointment", "made_on", "planned_on"),
        ("order", "ordered_on", "cancelled_on"),
        ("quote", "quoted_on", "won_on"),
        ("quote", "quoted_on", "lost_on"),
        ("invoice", "issued_on", "due_on"),
        ("invoice", "issued_on", "paid_on"),
        ("promise", "made_on", "due_on"),
        ("promise", "made_on", "kept_on"),
        ("promise", "made_on", "withdrawn_on"),
        ("delivery", "promised_at", "delivered_on"),
        ("complaint", "opened_on", "answered_on", "verified_on", "resolved_on", "told_on", "reopened_on"),
        ("complaint", "opened_on", "passed_on", "returned_on"),
        ("survey", "asked_on", "answered_on", "replied_on"),
        ("rival_move", "seen_on", "ended_on"),
        ("subscription", "started_on", "renewed_on", "ends_on"),
        ("hosting", "made_on", "venue_booked_on", "planned_on"),
        ("alliance", "signed_on", "ended_on"),
    ):
        for row in FACTS[name]:
            dates = [row[field] for field in fields if row[field]]
            assert dates == sorted(dates), (name, row["id"])


def test_nobody_acts_before_being_hired_or_after_leaving():
    terms = {row["id"]: (row["hired_on"], row["left_on"] or "9999") for row in FACTS["rep"]}
    for name, who, when in (
        ("interaction", "rep", "happened_on"),
        ("appointment", "rep", "made_on"),
        ("order", "rep", "ordered_on"),
        ("quote", "rep", "quoted_on"),
        ("promise", "rep", "made_on"),
        ("complaint", "rep", "opened_on"),
        ("hosting", "host", "made_on"),
        ("assignment", "rep", "since"),
        ("conduct", "rep", "seen_on"),
    ):
        for row in FACTS[name]:
            if row[who]:
                hired, left = terms[row[who]]
                assert hired <= row[when] < left, (name, row["id"])


def test_nothing_happens_at_an_account_before_it_exists_or_once_it_is_lost():
    terms = {row["id"]: (row["created_on"], row["lost_on"] or "9999") for row in FACTS["account"]}
    met = {row["id"]: (row["met_on"], row["left_on"] or "9999") for row in FACTS["contact"]}
    for name, when in (("interaction", "happened_on"), ("order", "ordered_on"), ("promise", "made_on")):
        for row in FACTS[name]:
            created, lost = terms[row["account"]]
            assert created <= row[when] < lost, (name, row["id"])
    for row in FACTS["interaction"]:
        if row["contact"]:
            first, last = met[row["contact"]]
            assert first <= row["happened_on"] < last, row["id"]


def test_the_counts_are_as_promised():
    accounts, people = FACTS["account"], FACTS["rep"]
    assert len(accounts) == 240
    assert sum(row["kind"] == "prospect" for row in accounts) == 20
    lost = [row for row in accounts if row["lost_on"]]
    assert len(lost) == 12
    assert {(row["lost_kind"], row["controllable"]) for row in lost} == {
        ("active", "true"), ("active", "false"), ("passive", "true"), ("passive", "false"),
    }  # fmt: skip
    assert all(row["lost_cause"] for row in lost)
    assert sum(bool(row["tier"]) for row in accounts) == 2
    payroll = [row for row in people if not row["left_on"] or row["left_on"] > TONIGHT.isoformat()]
    assert len(payroll) == 14
    assert {row["role"] for row in payroll} == set(CONTRACT["rep"]["fields"]["role"]["one_of"])
    assert len({row["name"] for row in payroll}) == 13
    assert {row["sign"] for row in FACTS["conduct"]} == {str(n) for n in range(1, 16)}
    for name, field in (("rival_move", "kind"), ("business_change", "kind"), ("survey", "satisfaction")):
        assert {row[field] for row in FACTS[name] if row[field]} == set(CONTRACT[name]["fields"][field]["one_of"])
    assert {row["channel"] for row in FACTS["interaction"]} == set(
        CONTRACT["interaction"]["fields"]["channel"]["one_of"]
    )
    assert any(row["signed_on"] == "2024-02-29" for row in accounts)
    assert any('"' in row["name"] and "," in row["name"] and "☕" in row["name"] for row in accounts)
    assert any(row["margin"].startswith("-") for row in FACTS["order"])
    assert any(row["cancelled_on"] for row in FACTS["order"])


def test_the_week_happens():
    by_id = {row["id"]: row for row in FACTS["account"]}
    notice = next(row for row in FACTS["rep"] if row["id"] == "r9")
    assert (notice["notice_on"], notice["left_on"]) == ("2026-11-18", "2026-12-18")
    assert by_id["a240"]["lost_on"] == "2026-11-17"
    van = next(row for row in FACTS["promise"] if row["account"] == "a7" and row["condition_amount"])
    bought = {
        last: sum(
            int(row["amount"])
            for row in FACTS["order"]
            if row["account"] == "a7" and van["made_on"] <= row["ordered_on"] <= last and not row["cancelled_on"]
        )
        for last in ("2026-11-09", "2026-11-10")
    }
    assert bought["2026-11-09"] < int(van["condition_amount"]) <= bought["2026-11-10"]
    ends = {row["account"]: _on(row["ends_on"]) for row in FACTS["subscription"] if not row["renewed_on"]}
    assert (ends["a18"] - date(2026, 11, 19)).days == 7
    assert (ends["a177"] - date(2026, 11, 18)).days == 30
    assert (ends["a140"] - TONIGHT).days == 60


@pytest.mark.parametrize("night", [16, 19, 22])
def test_most_accounts_are_quiet(night):
    today = date(2026, 11, night)
    role = {row["id"]: row["role"] for row in FACTS["rep"]}
    last, orders = {}, {}
    for row in FACTS["interaction"]:
        if row["happened_on"] <= today.isoformat() and row["channel"] == "visit" and role[row["rep"]] == "sales":
            last[row["account"]] = max(last.get(row["account"], ""), row["happened_on"])
    for row in FACTS["order"]:
        if row["ordered_on"] <= today.isoformat() and not row["cancelled_on"]:
            orders.setdefault(row["account"], []).append(row["ordered_on"])
    active = [
        row
        for row in FACTS["account"]
        if row["kind"] == "customer" and not (row["lost_on"] and row["lost_on"] <= today.isoformat())
    ]
    troubled = {row["id"] for row in active if _days_since(last.get(row["id"], row["created_on"]), today) > 30}
    for row in active:
        dates = sorted(orders.get(row["id"], []))
        if len(dates) >= 4:
            gap = (date.fromisoformat(dates[-1]) - date.fromisoformat(dates[0])).days / (len(dates) - 1)
            if _days_since(dates[-1], today) > 1.5 * gap:
                troubled.add(row["id"])
    for name, due, done in (("invoice", "due_on", ("paid_on",)), ("promise", "due_on", ("kept_on", "withdrawn_on")),
                            ("delivery", "promised_on", ("delivered_on",))):  # fmt: skip
        for row in FACTS[name]:
            open_still = not any(row[field] and row[field] <= today.isoformat() for field in done)
            if open_still and row[due] and row[due] < today.isoformat():
                troubled.add(row["account"])
    assert 10 <= len(troubled) <= 0.15 * len(FACTS["account"])


def test_the_readme_speaks_of_accounts_that_exist():
    known = {row["id"] for name in ("account", "rep") for row in FACTS[name]}
    readme = (COMPANY / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b[ar]\d+\b", readme))
    assert len(named) > 50
    assert named <= known


def test_the_catalogue_entries_exist():
    catalogue = ROOT.parent / "shared" / "catalogue.yaml"
    if not catalogue.exists():
        pytest.skip("the catalogue is not beside this repository")
    text = catalogue.read_text(encoding="utf-8")
    for path in (*COMPANY.glob("*.py"), COMPANY / "README.md"):
        for entry in re.findall(r"\bD\d\.[a-z]+\.[a-z0-9-]+", path.read_text(encoding="utf-8"), re.IGNORECASE):
            assert entry in text, (path.name, entry)
