"""The three voices: columnar, rete and plain, each asked the same, and what they say brought to one form."""

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import plain

from engine.policy.kinds import Kind
from engine.reasoning.columnar import reason as columnar
from engine.reasoning.plan import SIGNAL_COUNTS
from engine.reasoning.rete import reason as rete

STORED = {
    Kind.TEXT: "VARCHAR", Kind.INTEGER: "BIGINT", Kind.NUMBER: "DOUBLE", Kind.MONEY: "DECIMAL(18, 4)",
    Kind.DATE: "DATE", Kind.BOOLEAN: "BOOLEAN",
}  # fmt: skip
DERIVED = {("account", "active"), ("rep", "active")}


@dataclass(frozen=True)
class Written:
    """Facts in a folder, as the engines want them."""

    hash: str
    folder: Path
    present: frozenset
    rows: dict

    def path(self, type):
        return self.folder / f"{type}.parquet"


def write(db, contract, facts, folder):
    """Facts as a snapshot would hold them."""
    folder.mkdir(parents=True)
    for type, rows in facts.items():
        fields = {n: f for n, f in contract[type].fields.items() if (type, n) not in DERIVED}
        columns = {"id": "VARCHAR"} | {name: STORED[field.kind] for name, field in fields.items()}
        declared = ", ".join(f'"{name}" {stored}' for name, stored in columns.items())
        db.execute(f"create or replace table written ({declared})")
        if rows:
            values = [[row.get(name) for name in columns] for row in rows]
            db.executemany(f"insert into written values ({', '.join('?' * len(columns))})", values)
        db.table("written").write_parquet(str(folder / f"{type}.parquet"))
    return Written("written", folder, frozenset(facts), {type: len(rows) for type, rows in facts.items()})


def agree(db, policy, facts, today, calendar):
    """Asks all three voices; what they differ in, in words, or nothing."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        written = write(db, policy.contract, facts, folder / "facts")
        said = {"plain": plain.speak(policy, facts, today, calendar)}
        for engine in ENGINES:
            said[engine] = hear(db, engine, policy, written, today, folder, calendar)
    return differences(said)


ENGINES = {"columnar": columnar, "rete": rete}


def hear(db, name, policy, written, today, folder, calendar):
    """What an engine concludes, read back from its folder."""
    into = folder / name
    ENGINES[name](policy, written, today, into, calendar)
    said = {"signals": {}, "plays": {}}
    for path in sorted((into / "signals").iterdir()):
        rows = db.execute("select * from read_parquet(?)", [str(path)]).fetchall()
        weight = policy.signals[path.stem].weight
        assert all(row[3] == weight for row in rows), f"{name}: weight of {path.stem}"
        said["signals"][path.stem] = [(s, a, grave, _evidence(e)) for s, a, grave, _, e in rows]
    for path in sorted((into / "plays").iterdir()):
        rows = db.execute("select * from read_parquet(?)", [str(path)]).fetchall()
        said["plays"][path.stem] = [(s, a, _evidence(e)) for s, a, e in rows]
    columns = ", ".join(f'"{c}"' for c in ("account", "level", "score", *SIGNAL_COUNTS))
    rows = db.execute(f"select {columns} from read_parquet(?)", [str(into / "risk.parquet")]).fetchall()
    said["risk"] = {account: figures for account, *figures in rows}
    judged = json.loads((into / "judged.json").read_text())
    said["not_judged"] = {each["rule"]: each["missing"] for each in judged["not_judged"]}
    return said


def _evidence(struct):
    return tuple((name, value) for name, value in struct.items() if name != "_")


def differences(said):
    """What the voices do not agree on, in words; empty where they do. `said`: by name of the voice."""
    told = {voice: _flat(each) for voice, each in said.items()}
    found = []
    for key in dict.fromkeys(key for each in told.values() for key in each):
        answers = {voice: each.get(key, Counter()) for voice, each in told.items()}
        if len({_frozen(answer) for answer in answers.values()}) > 1:
            found.append(_alone(key, answers))
    return "\n".join(found)


def _flat(said):
    flat = {}
    for part in ("signals", "plays"):
        for rule, rows in said[part].items():
            flat[part, rule] = Counter(rows)
    flat["risk", ""] = Counter((account, *map(_plain, figures)) for account, figures in said["risk"].items())
    flat["not judged", ""] = Counter((rule, tuple(missing)) for rule, missing in said["not_judged"].items())
    return flat


def _plain(value):
    return Fraction(value) if isinstance(value, float) else value


def _frozen(answer):
    return frozenset(answer.items())


def _alone(key, answers):
    groups = {}
    for voice, answer in answers.items():
        groups.setdefault(_frozen(answer), []).append(voice)
    alone = [voices[0] for voices in groups.values() if len(voices) == 1]
    lines = [f"{' '.join(key)}: " + (f"{alone[0]} stands alone" if len(alone) == 1 else "no two voices agree")]
    for voice, answer in answers.items():
        others = [other for name, other in answers.items() if name != voice]
        own = [row for row in answer if any(answer[row] != other[row] for other in others)]
        lines.append(f"  {voice}: {sum(answer.values())} in all, of which not with everyone: {own[:4]}")
    return "\n".join(lines)
