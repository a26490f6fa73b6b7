"""The words of back-tests and of silent rules."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    # headings
    "backtest_rules": ("Signals and risk against customers later lost", "信号和风险级别与其后流失客户的对照"),
    "backtest_timing": (
        "How early, how often in vain, and what came of those acted on",
        "提前多久、误报多少、跟进之后如何",
    ),
    "backtest_scores": (
        "Who will not order within {horizon} days, as scored on {day}",
        "{day} 各评分对其后 {horizon} 天内不再订货的判别力",
    ),
    "backtest_tuned": ("Limit {limit}, swept", "限值 {limit} 的不同取值"),
    "backtest_curve": ("{rule} by {limit}", "{rule} 随 {limit} 的变化"),
    "backtest_page": ("Back-test, {first} to {last}", "回测：{first} 至 {last}"),
    # columns
    "column_alarms": ("alarms", "预警"),
    "column_precision": ("precision", "命中率"),
    "column_recall": ("recall", "覆盖率"),
    "column_lift": ("lift", "提升"),
    "column_lead": ("lead, days", "提前天数"),
    "column_false_alarms": ("false/100 mo", "误报/百客户月"),
    "column_acted": ("acted on", "已跟进"),
    "column_acted_precision": ("then lost", "其后流失"),
    "column_score_name": ("score", "评分"),
    "column_auc": ("AUC", "AUC"),
    "column_auc_cyclic": ("with own cycle", "有自身周期者"),
    "column_limit_value": ("value", "取值"),
    # cells
    "backtest_few": ("too few", "不足"),
    "risk.red": ("risk: red", "风险：红"),
    "risk.amber": ("risk: amber or red", "风险：黄或红"),
    "score_days_late": ("days since the last order, in own cycles", "距上次订货天数/自身周期"),
    "score_days_since": ("days since the last order", "距上次订货天数"),
    "score_p_alive": ("BG/NBD: P(alive)", "BG/NBD：存活概率"),
    "score_expected_orders": ("BG/NBD: expected orders", "BG/NBD：预期订货次数"),
    "score_risk_score": ("risk score of the policy", "政策的风险得分"),
    "backtest_value_now": ("{value} (now)", "{value}（现值）"),
    # notes
    "backtest_ground": (
        "{days} days from {first} to {last}, every {every}; {accounts} customers over {months} customer-months.",
        "{first} 至 {last}，每 {every} 天一次，共 {days} 天；{accounts} 个客户，{months} 客户月。",
    ),
    "backtest_losses": (
        "{losses} losses in that time, {stated} with a stated date; the others by silence.",
        "期间流失 {losses} 次，其中 {stated} 次有流失日期，其余按长期不订货认定。",
    ),
    "backtest_base": (
        "On any day {base} of the customers were lost within the next {horizon} days: lift is precision over that.",
        "任一天起 {horizon} 天内流失的客户占 {base}；提升 = 命中率 ÷ 该比例。",
    ),
    "backtest_no_base": (
        "Fewer than {least} losses ({losses}): no recall, no lift.",
        "流失不足 {least} 次（{losses} 次），不计覆盖率和提升。",
    ),
    "backtest_definition": (
        "Lost without a date: no order for {cycles} own cycles, at least {least} days; {days} days without a cycle.",
        "无流失日期者：超过自身周期 {cycles} 倍未订货（至少 {least} 天）；周期不明者为 {days} 天。",
    ),
    "backtest_alarm": (
        "An alarm is the first day of an episode; it hits if the customer is lost within {horizon} days.",
        "每段信号只在首日计一次预警；{horizon} 天内流失即为命中。",
    ),
    "backtest_intervals": (
        "In brackets: intervals of 95%, Wilson's for shares, by bootstrap over customers for the rest.",
        "括号内为 95% 区间：比例用 Wilson 法，其余按客户自助抽样。",
    ),
    "backtest_mechanical": (
        "Silence makes both order signals and losses without a date: part of their lift is in the definition.",
        "订货类信号与无日期的流失都来自不订货，其提升有一部分出自定义本身。",
    ),
    "backtest_censored": (
        "{count} customer-days have no full horizon yet and are left out.",
        "有 {count} 个客户日的后续天数尚不完整，未计入。",
    ),
    "backtest_undated": (
        "{count} accounts have no date at all and are left out.",
        "有 {count} 个客户没有任何日期，未计入。",
    ),
    "backtest_least": (
        "Too few: not enough data for a figure; it needs {alarms} alarms nobody acted on, or {losses} losses.",
        "不足：数据不足，不给数字；需要至少 {alarms} 次无人跟进的预警，或 {losses} 次流失。",
    ),
    "backtest_few_rules": (
        "Fewer than {least} alarms and no loss caught: {count} signals, left out (--format json has them).",
        "预警不足 {least} 次且未覆盖流失的信号：{count} 条，未列出（见 --format json）。",
    ),
    "backtest_quiet_rules": ("No alarm at all: {count} signals.", "完全没有预警的信号：{count} 条。"),
    "backtest_not_judged": ("Not judged for want of facts: {count} signals.", "因缺少数据未判定的信号：{count} 条。"),
    "backtest_acted_note": (
        "Acted on: a task of the rule done, or a contact, within {days} days. What followed may be owed to that: "
        "such alarms count in recall and lead time alone.",
        "已跟进：{days} 天内完成相关任务或有过联系。其后的结果可能已受影响，因此这些预警只计入覆盖率和提前天数。",
    ),
    "backtest_score_ground": (
        "{customers} customers had ordered by then, {gone} of them did not within {horizon} days; "
        "{cyclic} and {cyclic_gone} with an own cycle.",
        "当日有 {customers} 个客户订过货，其中 {gone} 个在 {horizon} 天内未再订货；"
        "有自身周期者为 {cyclic} 个和 {cyclic_gone} 个。",
    ),
    "backtest_auc": (
        "AUC: how often the score ranks a customer who left above one who stayed; 0.5 is chance.",
        "AUC：随机取一名离开和一名留下的客户，评分排对的概率；0.5 等于瞎猜。",
    ),
    "backtest_alive": (
        "BG/NBD, fitted on the orders until that day, in weeks: r {r}, alpha {alpha}, a {a}, b {b}. "
        "It takes everyone who ordered once for alive.",
        "BG/NBD 按截至当日的订货拟合（以周计）：r {r}，alpha {alpha}，a {a}，b {b}。它把只订过一次的客户都视为存活。",
    ),
    # silent rules
    "silent_rules": ("Rules that say nothing, or say it of everybody", "从不触发或人人触发的规则"),
    "silent_none": ("Every rule speaks now and then, and none of everybody.", "没有从不触发或人人触发的规则。"),
    "column_silent_rule": ("rule", "规则"),
    "column_silent_why": ("what is odd", "问题"),
    "column_place": ("where", "位置"),
    "silent_nobody": ("matched nobody for {nights} nights", "连续 {nights} 夜无人命中"),
    "silent_impossible": ("can match nobody: {why}", "不可能命中：{why}"),
    "silent_unfilled": ("can match nobody: the facts never fill {fields}", "不可能命中：数据从未填写 {fields}"),
    "silent_broad": ("matches {share} of {count}", "命中 {count} 中的 {share}"),
    "silent_subjects": ("{count} {type}", "{count} 个 {type}"),
    "silent_young": (
        "{nights} of {wanted} nights are recorded; until then no rule is called silent.",
        "已记录 {nights} 夜，满 {wanted} 夜后才判断规则是否从不触发。",
    ),
    "silent_line": (
        "{count} rules match nobody or nearly everybody: holdfast silent",
        "{count} 条规则从不触发或几乎人人触发：holdfast silent",
    ),
    "warning": ("warning:", "警告："),
    "odd_rules": ("odd rules", "异常规则"),
    "impossible_contradiction": ("{one} and {two} cannot both hold", "{one} 与 {two} 不能同时成立"),
    "impossible_never": ("{one} never holds", "{one} 永远不成立"),
    "impossible_rests": ("it needs {one}, which never holds", "它依赖的 {one} 永远不成立"),
    "impossible_severity": (
        "{place}: severity {severity} of '{rule}' can never come: {why}",
        "{place}：“{rule}”的程度 {severity} 不可能出现：{why}",
    ),
    "impossible_rule": ("{place}: '{rule}' can match nobody: {why}", "{place}：“{rule}”不可能命中：{why}"),
}
