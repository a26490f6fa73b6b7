"""The words that holdfast itself says to people, in English and Chinese; task texts are the policy's."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    # severities, levels and states
    "critical": ("critical", "严重"),
    "high": ("high", "高"),
    "medium": ("medium", "中"),
    "low": ("low", "低"),
    "red": ("red", "红"),
    "amber": ("amber", "黄"),
    "green": ("green", "绿"),
    "open": ("open", "待办"),
    "started": ("started", "进行中"),
    "done": ("done", "已完成"),
    "closed": ("closed", "已关闭"),
    # why
    "task": ("Task", "任务"),
    "for": ("for", "负责人"),
    "due": ("due", "截止"),
    "priority": ("priority", "优先级"),
    "made_in": ("made in run", "产生于"),
    "policy": ("policy", "政策"),
    "play": ("play", "方案"),
    "because": ("because", "原因"),
    "about": ("about", "对象"),
    "severity_when": ("{severity}, because {when}", "{severity}，因为 {when}"),
    "otherwise": ("no graver case holds", "不属于更重的情形"),
    "weight": ("weight {weight}", "权重 {weight}"),
    "taken_from": ("taken from {count} {type} rows", "取自 {count} 条 {type}"),
    "no_rows": ("there are none of {type}", "没有任何 {type} 记录"),
    "more_rows": ("… and {count} more", "……另有 {count} 条"),
    "tier": ("for tier {tier}", "{tier} 级"),
    "now": ("the sealed facts now give {now}", "封存的事实现在给出 {now}"),
    "damaged": ("the sealed facts were changed: {now}", "封存的事实已被改动：{now}"),
    "missing": ("missing", "无"),
    "above": ("(see above)", "（见上）"),
    # init and check
    "init_made": ("Made the workspace {folder}.", "已建立工作区 {folder}。"),
    "init_facts": (
        "Put a file per fact type into {facts} (account.csv, rep.csv, order.csv, …),",
        "请把事实文件放进 {facts}，一类一个文件（account.csv、rep.csv、order.csv……），",
    ),
    "init_sources": ("or name your own files in {settings}. Then:", "或在 {settings} 里指定自己的文件。然后运行："),
    "sound": (
        "The policy is sound: {signals} signals, {plays} plays, {measures} measures, {limits} limits, "
        "{templates} texts.",
        "政策检查通过：{signals} 条信号，{plays} 个方案，{measures} 个度量，{limits} 个限值，{templates} 份文本。",
    ),
    # test
    "test_failed": ("{place} failed: {name}", "{place} 未通过：{name}"),
    "tests_passed": ("Tests: {count}, all passed ({seconds} s).", "测试 {count} 个，全部通过（{seconds} 秒）。"),
    "tests_failed": (
        "Tests: {count}, {wrong} failed ({seconds} s).",
        "测试 {count} 个，{wrong} 个未通过（{seconds} 秒）。",
    ),
    "test_signal": ("signal", "信号"),
    "test_task": ("task", "任务"),
    "test_none": ("nothing", "无"),
    "test_missing": (
        "expected {what} {wanted}, which did not come; what came: {all}",
        "应有{what} {wanted}，实际没有；实际出现：{all}",
    ),
    "test_other": (
        "expected {what} {wanted}; it came with {found}",
        "应有{what} {wanted}；实际为：{found}",
    ),
    "test_elsewhere": (
        "expected {what} {wanted}, which did not come for it, but: {all}",
        "应有{what} {wanted}，对该对象没有出现，只有：{all}",
    ),
    "test_unwanted": ("{what} {fired} came and should not", "不应有{what} {fired}，实际出现了"),
    "test_more": ("{what} {fired} came, and nothing else should", "多出{what} {fired}"),
    "test_unjudged": (
        "expected {what} {wanted}, which was not judged: there are no facts of {types}",
        "应有{what} {wanted}，但未作判定：缺少 {types} 事实",
    ),
    "test_vacuous": (
        "{what} {wanted} was not judged, so that it did not come says nothing; add {types} to `given:` or `nothing:`",
        "{what} {wanted} 未作判定，没有出现不说明问题；请在 `given:` 或 `nothing:` 里加上 {types}",
    ),
    "test_judged": (
        "{name} was judged, but was expected not to be",
        "{name} 作了判定，而预期是未判定",
    ),
    "test_risk": (
        "expected {account} to be {wanted}; it is {found}",
        "客户 {account} 应为{wanted}，实际为{found}",
    ),
    "test_engines": ("only the engine {engine} gives {fired}", "只有引擎 {engine} 得出 {fired}"),
    "field_account": ("account", "客户"),
    "field_subject": ("about", "对象"),
    "field_severity": ("severity", "程度"),
    "field_step": ("step", "步骤"),
    "field_assignee": ("for", "负责人"),
    "field_queue": ("in queue", "队列"),
    "field_due_on": ("due", "截止"),
    "uncovered_signals": ("Signals that no test expects ({count}): {names}", "没有测试覆盖的信号（{count}）：{names}"),
    "uncovered_severities": (
        "Severities that no test expects ({count}): {names}",
        "没有测试覆盖的严重程度（{count}）：{names}",
    ),
    "uncovered_plays": ("Plays that no test expects ({count}): {names}", "没有测试覆盖的方案（{count}）：{names}"),
    "uncovered_steps": ("Steps that no test expects ({count}): {names}", "没有测试覆盖的步骤（{count}）：{names}"),
    "uncovered_limits": (
        "Limits not tested from both sides ({count}): {names}",
        "没有从两侧测试的限值（{count}）：{names}",
    ),
    "covered": (
        "Every signal, severity, play, step and limit is exercised.",
        "所有信号、严重程度、方案、步骤和限值都有测试。",
    ),
    # words
    "word_start": ("Task {task} is begun.", "任务 {task} 已开始。"),
    "word_done": ("Task {task} is done.", "任务 {task} 已完成。"),
    "word_note": ("Noted on task {task}.", "已为任务 {task} 记下备注。"),
    # demo
    "demo_made": (
        "An example company, a sales branch of 240 accounts and 14 people, in {folder}.",
        "示例公司：一家有 240 个客户、14 名员工的销售分公司，位于 {folder}。",
    ),
    "demo_checked": (
        "Its policy is sound: {signals} signals, {plays} plays.",
        "政策检查通过：{signals} 条信号，{plays} 个方案。",
    ),
    "demo_week": ("A week of nights", "一周的夜间运行"),
    "demo_list": ("The list of {name} on {day}", "{name} 在 {day} 的任务清单"),
    "demo_task": ("The first task of it, as {name} reads it", "其中第一项任务全文"),
    "demo_why": ("Why it came", "这项任务为何而来"),
    "demo_next": (
        "Look around: cd {folder}, then holdfast tasks, holdfast why ID, holdfast check.",
        "接着看：cd {folder}，再试 holdfast tasks、holdfast why 编号、holdfast check。",
    ),
    "night": ("night", "夜"),
    "new": ("new", "新增"),
    "kept": ("open", "待办"),
    "gone": ("closed", "关闭"),
    # run
    "night_of": ("Night of {today}", "{today} 夜间运行"),
    "facts": ("facts", "事实"),
    "rows_of_types": ("{rows} rows of {types} types", "{types} 类共 {rows} 行"),
    "rejected": ("{count} rows set aside", "{count} 行不合格，已剔除"),
    "warnings": ("{count} references point nowhere", "{count} 处引用无对象"),
    "listed": (", see {path}", "，见 {path}"),
    "signals": ("signals", "信号"),
    "risk": ("risk", "风险"),
    "risk_levels": ("{red} red, {amber} amber, {green} green", "红 {red}，黄 {amber}，绿 {green}"),
    "tasks": ("tasks", "任务"),
    "task_counts": ("{new} new, {kept} still open, {closed} closed", "新增 {new}，仍待办 {kept}，关闭 {closed}"),
    "held_back": ("{count} held back", "暂缓 {count}"),
    "not_judged": ("not judged", "未判定"),
    "not_judged_rules": ("{rules} (no {types})", "{rules}（缺少 {types}）"),
    "people": ("people", "人员"),
    "unchanged": (
        "This night was already run with the same facts and policy; nothing changed.",
        "同样的事实与政策已运行过，没有变化。",
    ),
    "dry": ("A dry run: nothing was written.", "试运行：没有写入任何内容。"),
}


def phrase(name: str, language: str, /, **values: object) -> str:
    """A phrase in the language, with its values filled in. Numbers get thousands separators."""
    text = PHRASES[name][1 if language == "zh" else 0]
    return text.format(**{key: f"{value:,}" if type(value) is int else value for key, value in values.items()})
