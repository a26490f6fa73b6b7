"""The example company many times over: python -m benchmarks.company ACCOUNTS FOLDER

Every account of `examples/company` is repeated, with all that belongs to it, under new ids, until there are at least
so many accounts; people, products and the company itself stay as they are. Writes Parquet in the contract's columns.
"""

import sys
from pathlib import Path

import duckdb
from sqlglot import exp

from engine.policy.load import load_policy
from engine.policy.names import ACCOUNT, account_path
from engine.shipped import shipped_example, shipped_root


def multiply(accounts: int, folder: Path) -> int:
    """Write the facts of at least so many accounts; gives how many there are."""
    contract = load_policy(shipped_root()).contract
    facts = shipped_example("company") / "facts"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        [(own,)] = db.execute("select count(*) from read_csv($1)", [str(facts / f"{ACCOUNT}.csv")]).fetchall()
        times = -(-accounts // int(own))
        repeated = {type for type in contract if account_path(contract, type) is not None}
        for path in sorted(facts.glob("*.csv")):
            fields = contract[path.stem].fields
            rows = db.read_csv(str(path), all_varchar=True)
            renamed = {
                name
                for name in rows.columns
                if path.stem in repeated and (name == "id" or fields[name].ref in repeated)
            }
            columns = [_column(name, renamed=name in renamed) for name in rows.columns]
            query = exp.select(*columns).from_("rows")
            if path.stem in repeated:
                query = query.join(exp.Table(this=exp.func("range", exp.Literal.number(times)), alias="n(n)"))
            db.sql(query.sql("duckdb")).write_parquet(str(folder / f"{path.stem}.parquet"))
    return int(own) * times


def _column(name: str, *, renamed: bool) -> exp.Expression:
    """A column as it is, or with the number of the repetition behind it."""
    own = exp.column(name, table="rows", quoted=True)
    if not renamed:
        return own
    number = exp.cast(exp.column("n", table="n"), "varchar")
    return exp.alias_(exp.DPipe(this=exp.DPipe(this=own, expression=exp.Literal.string("-")), expression=number), name)


if __name__ == "__main__":
    print(multiply(int(sys.argv[1]), Path(sys.argv[2])))
