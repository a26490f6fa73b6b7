"""Plays, their steps, and who gets the task."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "nobody is named here": "这里没有写由谁办理",
    "'{name}' is neither a role nor a person here": "“{name}”既不是岗位，也不是这里的人员",
    "'{text}' leads to nobody": "“{text}”找不到人",
    "only .manager may follow: {name}.manager": "后面只能跟 .manager：{name}.manager",
    "'{text}' goes too far up": "“{text}”上溯得太远",
    "write {name}.manager.manager at most": "最多写到 {name}.manager.manager",
    "a fact of type {type} has no rep of its own": "{type} 这种事实没有自己的业务员（rep）",
    "name a role, such as manager": "请写岗位，如 manager",
    "write owner": "请写 owner",
    "this trigger rests on no signal and not on risk, so no task could say why it is there":
        "这个触发条件既不以信号也不以风险为依据，任务就说不出来由",
    "put the condition into a signal, and write trigger: signal('its-name')":
        "把条件写成信号，再写 trigger: signal('信号名')",
    "a fact of type {type} has no account and so no tier": "{type} 这种事实没有客户，也就没有级别",
    "write one span for all": "请写一个统一的期限",
    "'{text}' says no number of days": "“{text}”没有说明是几天",
    "write `1 workday`, `3 days` or `today`": "请写 `1 workday`（1 个工作日）、`3 days`（3 天）或 `today`（当天）",
    "write `1 workday`, `3 days`, `today` or `1..5 workdays`":
        "请写 `1 workday`（1 个工作日）、`3 days`（3 天）、`today`（当天）或 `1..5 workdays`",
    "'{text}' is a range of days, and one is meant": "“{text}”是一个区间，这里只要一个天数",
    "'{text}' begins before the first day": "“{text}”从第一天之前就开始了",
    "write `1..{span}`, or `today`": "请写 `1..{span}`，或 `today`",
    "'{text}' ends before it begins": "“{text}”结束早于开始",
    "'{text}' is one day and no range": "“{text}”只是一天，不是区间",
    "a step '{name}' stands above already": "上面已有步骤“{name}”",
    "choose another id": "换一个 id",
    "a fact of type {type} has no account, so nobody is met by this step":
        "{type} 这种事实没有客户，这一步见不到任何人",
    "remove `contact`": "请删掉 `contact`",
    "step '{name}' waits for itself": "步骤“{name}”在等它自己",
    "remove `after`, or name an earlier step": "删掉 `after`，或者改写为前面的步骤",
    "there is no step '{name}' to wait for": "要等的步骤“{name}”不存在",
    "there is no step '{name}' to escalate": "要上报的步骤“{name}”不存在",
    "the steps: {names}": "步骤有：{names:list}",
    "these steps wait for each other: {names}": "这些步骤互相等待：{names}",
    "remove `after` from one of them, so that it can begin": "删掉其中一个的 `after`，让它可以开始",
    "'{name}' is no place in the folder templates": "“{name}”不在文件夹 templates 里",
    "write folder/name in small letters, without templates/ and without an ending, such as promise/call":
        "用小写写成 文件夹/名称，不带 templates/ 和扩展名，如 promise/call",
    "there is no template '{name}'": "没有任务文本“{name}”",
    "write the file templates/{name}.en.md or templates/{other}.zh.md":
        "请写文件 templates/{name}.zh.md 或 templates/{other}.en.md",
}  # fmt: skip
