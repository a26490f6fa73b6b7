"""The words of why-not."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "did_not_hold": ("{rule} did not hold for {account} on {on}", "{on}，“{rule}”对{account}不成立"),
    "did_hold": ("{rule} held for {account} on {on}", "{on}，“{rule}”对{account}成立"),
    "by_run": ("by the facts of run {run}", "依据运行 {run} 的事实"),
    "first_failing": ("The first part that fails", "第一个不成立的条件"),
    "smallest_changes": ("What would make it hold, tried out", "怎样会使它成立（已试算）"),
    "no_small_change": ("No small change was found that makes it hold.", "没有找到能使它成立的小变化。"),
    "whole_condition": ("The whole condition", "完整条件"),
    "unjudged_for": ("not judged: no file of {types}", "未判定：缺少 {types} 文件"),
    "none_of": ("there is no {type} of this account", "该客户没有任何 {type} 记录"),
    "other_facts": ("{count} more", "另有 {count} 条"),
    "decided": ("Decided that night", "当夜的处理"),
    "ask_why": ("holdfast why {account} {rule} says why.", "查看原因：holdfast why {account} {rule}"),
    "name_and_id": ("{name} ({id})", "{name}（{id}）"),
    "days_later": ("{days} more days pass, to {day}, and nothing else changes", "再过 {days} 天（到 {day}），其他不变"),
    "day_later": ("one more day passes, to {day}, and nothing else changes", "再过 1 天（到 {day}），其他不变"),
    "one_more": ("one more {type}: {fields}", "多一条 {type}：{fields}"),
    "many_more": ("{count} more of {type}, each: {fields}", "多 {count} 条 {type}，每条：{fields}"),
    "field_set": ("{type} {id}: {field} is {value}", "{type} {id}：{field} 为 {value}"),
    "without": ("without {type} {ids}", "没有 {type} {ids}"),
    "and_then": ("; and ", "；并且"),
    # outcomes of matters
    "outcome_new": ("a task was made", "已生成任务"),
    "outcome_kept": ("its task was open already", "任务已在进行"),
    "outcome_cooldown": ("held back: an earlier one ended not long ago", "暂缓：前一次刚结束"),
    "outcome_done": ("held back: all is done already", "暂缓：已全部完成"),
    "outcome_snoozed": ("held back: somebody put it off", "暂缓：有人推迟了"),
    "outcome_false_alarm": ("held back: somebody called it a false alarm", "暂缓：有人标为误报"),
    "outcome_over_budget": ("held back: more than the person's hours allow", "暂缓：超出该员工的工时"),
    "outcome_duplicate": ("joined another task of the same person", "并入同一人的另一项任务"),
    "outcome_disabled": ("held back: the play is switched off", "暂缓：该方案已停用"),
    "outcome_clearing": ("the condition has gone; it is closing", "条件已消失，正在关闭"),
    "outcome_cleared": ("the condition has gone; it is closed", "条件已消失，已关闭"),
    "outcome_not_judged": ("not judged", "未判定"),
}
