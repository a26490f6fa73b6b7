"""What a hand-over is worked out from: the last night's facts with all that was told since, as of one day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import StoreError, UsageError
from engine.facts.work import workbench
from engine.policy.kinds import Kind
from engine.policy.model import Policy
from engine.reasoning.columnar.asking import open_night as ask_night
from engine.reasoning.days import Workdays
from engine.reports.source import ReportSource
from engine.store.opening import Store, open_store
from engine.store.sealed import newest_run, sealed_snapshot
from engine.store.tellings import untaken
from engine.telling.merged import changes, merged

HANDOVER = "handover"
LEAVING, ROTATION = "leaving", "rotation"
MANAGERS = ("manager", "director", "gm")
_DEFAULTS: dict[str, float] = {
    "handover_load_share": 1.0, "handover_hours": 20, "handover_away_days": 14, "handover_pool": 40,
    "handover_changes": 2, "handover_change_days": 90, "handover_weight_department": 100,
    "handover_weight_second": 60, "handover_weight_region": 20, "handover_weight_skill": 8,
    "handover_weight_load": 4, "handover_weight_value": 1, "handover_weight_over": 10000,
    "handover_tell_days": 5, "handover_introduce_days": 15, "handover_complete_days": 30,
    "rotation_share": 0.25, "watch_days": 90, "renewal_first_days": 60, "renewal_lapsed_days": 30,
}  # fmt: skip
_CARE = {"service_skill": "care_service", "product_skill": "care_product", "communication_skill": "care_communication"}


@dataclass(frozen=True)
class Ground:
    """The facts as they are known now. `source` is asked; `store` is open for writing; both end with the ground."""

    source: ReportSource
    store: Store
    policy: Policy
    today: date
    labels: dict[str, str] = field(default_factory=dict)

    def limit(self, name: str, tier: str | None = None) -> float:
        """A limit of the policy for a tier, or the one for all; where the policy has none, a default."""
        found = self.policy.limits.get(name)
        if found is None:
            return _DEFAULTS[name]
        return float(found.values.get(tier, found.values.get(None, max(found.values.values()))))

    def care(self, tier: str | None) -> dict[str, float]:
        """The skills, 1 to 5, that a tier asks for, by the rep's field; those without a limit are left out."""
        return {skill: self.limit(name, tier) for skill, name in _CARE.items() if name in self.policy.limits}

    def label(self, rep: str | None) -> str:
        """A person's name, with the id where several have it."""
        return self.labels.get(rep or "", rep or "")


@contextmanager
def open_ground(
    store_folder: Path, policy: Policy, calendar: Workdays | None = None, today: date | None = None
) -> Iterator[Ground]:
    """The facts of the last night and of what was told since, as of `today`, else of the later of now and that night.

    Raises StoreError where no night has been run yet.
    """
    _check_contract(policy)
    with open_store(store_folder) as store, workbench() as bench, TemporaryDirectory(prefix="holdfast-") as made:
        run = newest_run(store)
        if run is None:
            raise StoreError("no night has been run yet", "run `holdfast run` first")
        day = today or max(date.today(), run.today)
        base = sealed_snapshot(store, run)
        changed = changes(bench, policy.contract, base, store, untaken(store))
        facts = merged(bench, policy.contract, base, changed, Path(made))
        with ask_night(policy, facts, day, run.folder, calendar) as asked:
            source = ReportSource(run.id, run.today, day, policy, facts, run.folder, store, asked)
            labels = dict(source.rows(_LABELS))
            _lay(source)
            yield Ground(source, store, policy, day, labels)


def _check_contract(policy: Policy) -> None:
    """Raises UsageError where the policy's facts have no place for a hand-over."""
    for type, fields in _NEEDED.items():
        known = policy.contract[type].fields if type in policy.contract else {}
        missing = [name for name in fields if name not in known]
        if missing:
            raise UsageError(
                f"the policy's facts have no place for a hand-over: {type} lacks {', '.join(missing)}",
                "copy it from the shipped rules/facts.yaml",
            )


def _lay(source: ReportSource) -> None:
    """Makes `handover_customer`, every customer and prospect that is not lost, with its hours a week and its value,
    and `handover_staying`, everyone who is here and neither on notice nor with a last day."""
    source.measured("account", {"duty_hours": Kind.NUMBER, "spend": Kind.MONEY}, "handover_measured")
    source.rows(_CUSTOMERS)
    source.rows(_STAYING)


_NEEDED = {
    "account": ("owner", "second", "province", "city", "successor"),
    "rep": ("notice_on", "left_on", "department", "region", "manager", "weekly_hours", "handed_over_on"),
    "assignment": ("account", "rep", "since", "until"),
    "promise": ("account", "rep", "kind", "text", "due_on", "kept_on", "withdrawn_on"),
    "complaint": ("account", "rep", "kind", "text", "opened_on", "resolved_on"),
    "subscription": ("account", "product", "ends_on", "renewed_on", "cancelled_on"),
    HANDOVER: (
        "account", "rep_from", "rep", "kind", "since", "opened_on", "accepted_on", "refused_on", "told_on",
        "introduced_on", "completed_on", "anyway_by", "note",
    ),
}  # fmt: skip
_LABELS = """
select id, case when name is null then id when count(*) over (partition by name) > 1 then name || ' (' || id || ')'
                else name end
from rep
"""
_STAYING = """
create temp view handover_staying as select * from rep where active and notice_on is null and left_on is null
"""
_CUSTOMERS = """
create temp table handover_customer as
select a.id, coalesce(a.name, a.id) as name, coalesce(a.tier, 'C') as tier, a.owner, a."second", a.province, a.city,
       coalesce(a.signed_on, a.created_on) as began_on, coalesce(m.spend, 0)::double as spend,
       case when a.kind is distinct from 'prospect' then coalesce(m.duty_hours, 0) else 0 end as hours
from account a left join handover_measured m using (id)
where a.lost_on is null
"""
