"""The words of promise check, list and rates."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    # check
    "verdict": ("Verdict", "结论"),
    "verdict_promise": ("promise", "承诺"),
    "verdict_hedge": ("hedge", "谨慎承诺"),
    "verdict_persuade": ("persuade", "劝说"),
    "verdict_refuse": ("refuse", "拒绝"),
    "verdict_customer": ("customer", "客户"),
    "verdict_of_tier": ("{name} ({account}), tier {tier}", "{name}（{account}），{tier} 类"),
    "verdict_why": ("reason", "理由"),
    "verdict_limits": ("limits", "限度"),
    "verdict_lead_met": ("lead time {lead}, at least {least}: kept", "期限 {lead}，至少 {least}：符合"),
    "verdict_lead_missed": ("lead time {lead}, at least {least}: too short", "期限 {lead}，至少 {least}：太短"),
    "verdict_value_met": ("worth {value}, at most {most}: kept", "价值 {value}，至多 {most}：符合"),
    "verdict_value_missed": ("worth {value}, at most {most}: too much", "价值 {value}，至多 {most}：超出"),
    "verdict_no_limit": ("none concerned: neither day nor amount is named", "未涉及：未给出日期或金额"),
    "verdict_offer": ("offer", "可答应"),
    "verdict_offer_day": ("{day}", "{day}"),
    "verdict_offer_day_was": ("{day}, instead of {was}", "{day}（原为 {was}）"),
    "verdict_offer_value": ("{value}", "{value}"),
    "verdict_offer_value_was": ("{value}, instead of {was}", "{value}（原为 {was}）"),
    "verdict_offer_reserve": ("{share} is kept in hand", "留有 {share} 余地"),
    "verdict_offer_nothing": ("nothing is to be agreed to today", "今天什么都不要答应"),
    "verdict_approval": ("approval", "批准"),
    "verdict_approval_none": ("none is needed", "无须批准"),
    "verdict_approval_by": (
        "as wished only with the name and reason of {who}",
        "按原要求须由{who}署名并说明理由",
    ),
    "verdict_approval_given": ("{who} has approved it: {why}", "已由{who}批准：{why}"),
    "verdict_manager": ("a manager", "经理"),
    "verdict_risk": ("answers", "针对"),
    "verdict_wording": ("wording", "话术"),
    # register and rates
    "promise_register": ("Promises", "承诺台账"),
    "promise_rates": ("How promises were kept, {since} to {until}", "{since} 至 {until} 承诺兑现情况"),
    "promise_rates_note": (
        "By the day they were due; promises without a day, or waiting for a condition, are not judged.",
        "按到期日统计；没有日期或附有条件的承诺不计。",
    ),
    "promise_state_open": ("open", "未了"),
    "promise_state_kept": ("kept", "按期兑现"),
    "promise_state_late": ("late", "逾期兑现"),
    "promise_state_broken": ("broken", "失约"),
    "promise_state_withdrawn": ("withdrawn", "已撤回"),
    "column_account_name": ("customer", "客户"),
    "column_promises_made": ("made", "承诺数"),
    "column_not_yet_due": ("open", "未到期"),
}
