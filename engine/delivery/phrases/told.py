"""The words of tell and told."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "told_new": ("Told as number {number}: {type} {fact}, new.", "已登记，编号 {number}：新的 {type} {fact}。"),
    "told_change": ("Told as number {number}: {type} {fact}, changed.", "已登记，编号 {number}：更改 {type} {fact}。"),
    "told_undone": ("Number {number} is taken back: {type} {fact}.", "编号 {number} 已撤回：{type} {fact}。"),
    "told_was": ("{value}, was {before}", "{value}（原为 {before}）"),
    "told_filled": ("{value}, filled in", "{value}（自动填写）"),
    "told_nothing": ("nothing", "空"),
    "told_no_night": (
        "There has been no night yet; the first one takes it in and says what follows.",
        "还没有运行过夜间任务；首次运行时会计入并给出结果。",
    ),
    "told_later": (
        "It is known from {day} on; nights before that day do not see it.",
        "自 {day} 起才算已知，此前的夜间运行看不到它。",
    ),
    "told_gone": ("It is no longer told.", "这条登记已不再有效。"),
    "told_follows": ("What follows for {name} ({account})", "对 {name}（{account}）的影响"),
    "told_came": ("comes", "新增"),
    "told_goes": ("goes", "消失"),
    "told_turns": ("{was} → {now}", "{was} → {now}"),
    "told_risk": (
        "Risk: {before} ({before_score}) → {after} ({after_score})",
        "风险：{before}（{before_score} 分）→ {after}（{after_score} 分）",
    ),
    "told_risk_same": ("Risk: {level} ({score}), as before", "风险：{level}（{score} 分），不变"),
    "told_no_signal": ("No signal comes, goes or changes.", "没有信号出现、消失或变化。"),
    "told_tasks": ("Tasks of the next night", "下次夜间运行的任务"),
    "told_new_task": ("new", "新建"),
    "told_closed_task": ("closes", "关闭"),
    "told_waiting": ("waits", "等候"),
    "told_no_room": ("no room on the list of {who}", "{who}的任务单已满"),
    "told_no_task": (
        "The next night makes no new task for it and closes none.",
        "下次夜间运行不会为它新建或关闭任务。",
    ),
    "told_past": (
        "A later night has been run already, so its tasks are not those of {day}.",
        "更晚的夜间任务已经运行，无法给出 {day} 的任务。",
    ),
    "told_due_between": ("{who}, due on a day from {first} to {last}", "{who}，{first} 至 {last} 间某日前"),
    "told_due": ("{who}, due {day}", "{who}，{day}前"),
    "told_fallback": (
        "Reckoned by the columnar engine: {why}.",
        "由列式引擎计算：{why}。",
    ),
    "told_touches": ("{title} ({severity}): touches {count} accounts", "{title}（{severity}）：涉及 {count} 个客户"),
    "told_touches_one": ("{title} ({severity}): touches 1 account", "{title}（{severity}）：涉及 1 个客户"),
    "told_about_no_account": ("{title} ({severity})", "{title}（{severity}）"),
    "told_cared_for": (
        "{person} cares for {count} accounts; the next night looks at each of them.",
        "{person} 负责 {count} 个客户，下次夜间运行会逐一检查。",
    ),
    "told_night_tells": (
        "It belongs to no account; the next night tells what follows.",
        "它不属于任何客户；下次夜间运行会给出结果。",
    ),
    "told_undo": (
        "Take it back with: holdfast tell --undo {number} --by …",
        "撤回命令：holdfast tell --undo {number} --by …",
    ),
    "told_none": ("Nothing was told.", "没有任何登记。"),
    "column_told_number": ("No.", "编号"),
    "column_told_when": ("When", "时间"),
    "column_told_who": ("Who", "登记人"),
    "column_told_what": ("What", "内容"),
    "column_told_state": ("State", "状态"),
    "told_state_stands": ("stands", "有效"),
    "told_state_undone": ("taken back by {who} on {day}", "{who} 于 {day} 撤回"),
    "told_state_taken": ("in the facts", "已计入"),
    "told_state_next": ("next night", "待计入"),
}
