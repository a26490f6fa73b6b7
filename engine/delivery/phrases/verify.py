"""The words of verify."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "verified": ("Run {run}, performed again by the rete engine", "运行 {run}，由 rete 引擎重新执行"),
    "verified_all": ("{accounts} accounts, persons and the company", "{accounts} 个客户，以及人员和公司"),
    "verified_some": ("{accounts} of {total} accounts", "{total} 个客户中的 {accounts} 个"),
    "verified_same": ("{count} conclusions with all their values: the same.", "{count} 条结论及全部数值：完全一致。"),
    "verified_apart": ("{count} of {total} conclusions differ", "{total} 条结论中有 {count} 条不同"),
    "verified_more": ("… and {count} more", "……另有 {count} 条"),
    "side_recorded": ("recorded", "记录"),
    "side_again": ("again", "重做"),
    "side_none": ("nothing", "无"),
    "verify_crash": ("the engine crashed at {accounts}: {said}", "引擎在 {accounts} 处崩溃：{said}"),
}
