"""The words of compare."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "compared": ("From {first} to {second}", "从 {first} 到 {second}"),
    "policy_changed": ("Policy", "政策"),
    "same_policy": ("The policy is the same.", "政策相同。"),
    "no_difference": ("No conclusion differs.", "结论没有差别。"),
    "differences": ("{count} conclusions differ", "{count} 条结论不同"),
    "differences_shown": (
        "{count} conclusions differ; {shown} are explained",
        "{count} 条结论不同，解释其中 {shown} 条",
    ),
    "how_new": ("new", "新增"),
    "how_gone": ("gone", "消失"),
    "how_changed": ("changed", "变化"),
    "how_added": ("added", "新增"),
    "how_removed": ("removed", "删除"),
    "the_fact_is_new": ("the fact itself is new", "该事实是新的"),
    "the_fact_is_gone": ("the fact itself is not there any more", "该事实已不存在"),
    "policy_of_rule": ("the policy changed: {names}", "政策有改动：{names}"),
    "part_turned": ("turned: {text}", "变化的条件：{text}"),
    "risk_changed": ("{count} accounts have another risk", "{count} 个客户的风险等级变了"),
    "kind_limit": ("limit", "限值"),
    "kind_measure": ("measure", "度量"),
    "kind_tiers": ("tiers", "分级"),
    "kind_signal": ("signal", "信号"),
    "kind_risk": ("risk", "风险"),
    "kind_play": ("play", "方案"),
    "kind_text": ("text", "文本"),
    "kind_word": ("word", "用词"),
    "kind_fact": ("fact type", "事实类型"),
}
