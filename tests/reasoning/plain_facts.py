"""The third voice's facts: what is known of them on a day, and what is reached from one."""

from decimal import Decimal
from fractions import Fraction

from engine.policy.kinds import Kind


class Known:
    """`facts`: rows by present type, each a dict with `id`. Money becomes a Fraction."""

    def __init__(self, contract, facts, today):
        self.contract, self.today, self.present = contract, today, frozenset(facts)
        self.rows = {t: {r["id"]: r for raw in rows if (r := self.seen(t, raw))} for t, rows in facts.items()}
        if "assignment" in facts and "account" in facts:
            for account in self.rows["account"].values():
                self.assign(account)

    def seen(self, type, raw):
        fact = self.contract[type]
        since = raw.get(fact.known_from) if fact.known_from else None
        if since is not None and since > self.today:
            return None
        row = {"id": raw["id"]}
        for name, field in fact.fields.items():
            value = raw.get(name)
            if field.kind is Kind.DATE and value is not None and value > self.today and not field.planned:
                value = None
            row[name] = Fraction(value) if isinstance(value, Decimal) else value
        if type == "account":
            row["active"] = row.get("kind") in ("customer", None) and row.get("lost_on") is None
        if type == "rep":
            row["active"] = row.get("left_on") is None or row["left_on"] > self.today
        return row

    def assign(self, account):
        in_force = [
            (a["since"], a["id"], a["rep"])
            for a in self.rows["assignment"].values()
            if a["account"] == account["id"] and a["since"] is not None and a["since"] <= self.today
            and (a["until"] is None or a["until"] > self.today)
        ]  # fmt: skip
        if in_force:
            account["owner"] = max(in_force)[2]

    def reach(self, type, row, path):
        """The type and row at the end of a path of refs, or None for the row."""
        for name in path:
            if row is None:
                return type, None
            target = self.contract[type].fields[name].ref
            type, row = target, self.rows.get(target, {}).get(row.get(name))
        return type, row

    def account_of(self, type, row):
        if type == "account":
            return row["id"]
        field = self.contract[type].fields.get("account")
        return row.get("account") if field is not None and field.ref == "account" else None
