"""The words of history."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "history_of": ("{name} ({id}), {since} to {until}", "{name}（{id}），{since} 至 {until}"),
    "nothing_happened": ("Nothing is known of these days.", "这段时间没有任何记录。"),
    "event_fact": ("fact", "事实"),
    "event_told": ("told", "告知"),
    "event_signal": ("signal", "信号"),
    "event_risk": ("risk", "风险"),
    "event_task": ("task", "任务"),
    "event_word": ("word", "说明"),
    "event_undone": ("taken back", "已撤回"),
    "signal_came": ("{title} came, {after}", "{title} 出现，{after}"),
    "signal_went": ("{title} went", "{title} 消失"),
    "signal_changed": ("{title}: {before} → {after}", "{title}：{before} → {after}"),
    "risk_moved": ("{before} → {after}", "{before} → {after}"),
    "task_made": ("{title} ({id}) for {assignee}, due {due}", "{title}（{id}），{assignee}，截止 {due}"),
    "task_done": ("{title} ({id}): done", "{title}（{id}）：已完成"),
    "task_closed": ("{title} ({id}): closed", "{title}（{id}）：已关闭"),
    "word_of": ("{who}: {what} ({id}){note}", "{who}：{what}（{id}）{note}"),
    "told_by": ("{fact} by {who}: {fields}", "{fact}，{who} 告知：{fields}"),
}
