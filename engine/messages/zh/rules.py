"""Measures and where they take their rows, tiers, cadence, limits, severity, risk and touches."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "a measure has either from and take, or value": "度量要么写 from 和 take，要么写 value",
    "`{key}` does not go with `value`": "`{key}` 不能与 `value` 同用",
    "a fact of type {type} has a field '{name}' already": "{type} 这种事实已有字段“{name}”",
    "measure '{name}' needs the key '{key}'": "度量“{name}”缺少键“{key}”",
    "measure '{name}' does not say what it is": "度量“{name}”没有说明怎么算",
    "count takes no value": "count 的括号里不写值",
    "write count, with the rows to count in `where`; or count_distinct(field)":
        "请写 count，要数哪些行写在 `where` 里；或者写 count_distinct(字段)",
    "a fact of type {type} has no date from which it is known": "{type} 这种事实没有知晓日期",
    "name one: {function}(field)": "请指定一个：{function}(字段)",
    "{function} takes a value": "{function} 的括号里要写值",
    "write {function}(field)": "请写 {function}(字段)",
    "facts of type {type} have no order: no date says from when they are known":
        "{type} 这种事实没有先后：没有日期说明何时知晓",
    "take max(field) or min(field)": "请用 max(字段) 或 min(字段)",
    "{function} takes {wanted}, but this is {given}": "{function} 需要{wanted:word}，这里却是{given:word}",
    "name another field": "换一个字段",
    "`take` is one function and nothing else": "`take` 只能写一个函数",
    "take {function}(…) here, and reckon further in a measure with `value`":
        "这里只写 {function}(…)，其余的计算放到另一个用 `value` 的度量里",
    "`take` has no {function}()": "`take` 没有 {function}() 这个函数",
    "`take` should be a function of the rows": "`take` 应当是对各行计算的函数",
    "there are: {names}; as in sum(amount)": "可用的有：{names:list}；例如 sum(amount)",
    # rows and their subject
    "add `by:` with a field that both share, or `by: all` for every row":
        "请补上 `by:`，写两者共有的字段；或写 `by: all`，取全部行",
    "{source} can belong to {about} by {names}": "{source:type} 可以通过 {names:either} 归到 {about:type}",
    "say which: by: {name}": "请说明通过哪一个：by: {name}",
    "nothing says which rows of {source} belong to {about}": "没有说明 {source} 的哪些行归到 {about:type}",
    "{source} does not name the {about} that it belongs to; both have {names}":
        "{source:type} 没有指明它属于哪个 {about}；两者都有 {names:both}",
    "say by what: by: {name}": "请说明通过什么：by: {name}",
    "`by: all` counts the same rows for every {about}, so these cannot look at the {other} itself":
        "`by: all` 对每个 {about} 都取相同的行，所以这里不能用 {other} 自己的值",
    "say which rows belong to {about}, or compare in a measure with `value`":
        "请说明哪些行归到 {about:type}，或者在用 `value` 的度量里比较",
    "'{name}' is no field of {type}": "“{name}”不是 {type:type} 的字段",
    "name a field that holds an id, such as account": "请用存放编号的字段，如 account",
    "rows cannot be joined by tier: it comes of the measures": "不能按级别（tier）取行：级别是由度量得出的",
    "write `by: all` with `where: tier = 'A'`, a measure for each tier":
        "请写 `by: all` 加 `where: tier = 'A'`，每个级别一个度量",
    "{type} has no field '{name}'": "{type:type} 没有字段“{name}”",
    "write row field = subject field": "请写 行的字段 = 主体的字段",
    "'{one}' and '{other}' are not of one kind, so they are never equal": "“{one}”和“{other}”类型不同，永远不会相等",
    "name two fields that hold the same": "请用内容相同的两个字段",
    "'{name}' does not lead from {source} to {about}": "通过“{name}”不能从 {source:type} 到 {about:type}",
    "name a field that both share": "请用两者共有的字段",
    # tiers
    "`by: matrix` needs the key 'matrix'": "`by: matrix` 需要键“matrix”",
    "add `matrix:` with high_turnover, high_profit and classes":
        "请补上 `matrix:`，含 high_turnover、high_profit 和 classes",
    "no class is given for {names}": "没有为 {names:both} 指定级别",
    "add {name}: the first word is for turnover, the second for profit":
        "请补上 {name}：前一个词指销售额，后一个指利润",
    "tiers by rank need the key '{key}'": "按排名分级需要键“{key}”",
    "write rank_by: spend": "例如 rank_by: spend",
    "the measures: none yet": "还没有任何度量",
    "the measures: {names}": "度量有：{names:list}",
    "there is no measure '{name}' about account": "没有关于客户（account）的度量“{name}”",
    "accounts are ranked by a number, but '{name}' is {kind}": "客户按数值排名，而“{name}”是{kind:word}",
    "name a measure that is a number": "请用数值型的度量",
    "no class is given": "没有写任何级别",
    "write {A: top 5%, B: top 20%, C: rest}": "例如 {A: top 5%, B: top 20%, C: rest}",
    "what stands below `rest` is never reached": "写在 `rest` 下面的永远轮不到",
    "move this class to the end": "把这个级别移到最后",
    "nothing says which class all others get": "没有说明其余客户归哪个级别",
    "end with a class that is `{rest}`": "最后一个级别请写 `{rest}`",
    "'{text}' is no class": "“{text}”不是级别的写法",
    "'{text}' is no share of the accounts": "“{text}”不是客户的比例",
    "write a share between 0 % and 100 %": "请写 0 % 到 100 % 之间的比例",
    "nobody is left for {tier}: {before} reaches as far": "{tier} 级分不到客户：{before} 级已经到了这一比例",
    "shares count from the top: 20% holds the first 5% too": "比例从最前面算起：20% 里含前 5%",
    # cadence
    "'{role}' is no role": "没有“{role}”这个岗位",
    "the cadence needs {name} in rules/facts.yaml": "联系频率需要 rules/facts.yaml 里有 {name}",
    "the cadence has no line for {role} and {channel}": "联系频率表里没有 {role} 的 {channel}",
    "remove these words, or add the line": "删掉这些文字，或者补上那一行",
    "'{channel}' has no words of its own: no line of that tier and channel has a `when`":
        "“{channel}”没有自己的文字：该级别、该方式的各行都没有 `when`",
    "write them below {channel}, or add a `when` to the line": "请写在 {channel} 下面，或者给那一行加上 `when`",
    "nothing says how '{role}' keeps contact": "没有说明“{role}”怎样保持联系",
    "write {visit: 3 per month}": "例如 {visit: 3 per month}",
    "'{channel}' is no channel of contact": "没有“{channel}”这种联系方式",
    "'{text}' does not say how often": "“{text}”没有说明多久一次",
    "write `3 per month`, `2..3 per month`, `every 6 months` or `every 1..2 months`":
        "请写 `3 per month`（每月 3 次）、`2..3 per month`、`every 6 months`（每 6 个月一次）或 `every 1..2 months`",
    "the cadence makes a {what} of this name ({place})": "联系频率表会生成同名的{what:word}（{place}）",
    "the cadence needs '{name}' as the day of the last contact, but it is not about account":
        "联系频率要用“{name}”作为最近一次联系的日期，而它不是关于客户（account）的",
    "the cadence needs '{name}' as the day of the last contact, but it is {kind}":
        "联系频率要用“{name}”作为最近一次联系的日期，而它是{kind:word}",
    "remove it, for the cadence makes one of its own; or choose another name":
        "请删掉它，联系频率会自己生成一个；或者改名",
    # limits, severity, risk, touches
    "limit '{name}' has no value for tier {tiers}": "限值“{name}”没有给出 {tiers:both} 级的值",
    "add {tier}: …, or give one number for all": "请补上 {tier}: …，或者各级共用一个数",
    "no limit can be called '{name}': in an expression the word means something else":
        "限值不能叫“{name}”：这个词在表达式里另有含义",
    "what stands below `otherwise` is never reached": "写在 `otherwise` 下面的永远轮不到",
    "move this line to the end": "把这一行移到最后",
    "nothing says how grave it is when no condition holds": "没有说明各条件都不成立时有多严重",
    "write severity: {name}": "请写 severity: {name}",
    "write {name}: otherwise": "请写 {name}: otherwise",
    "the level of risk rests on itself": "风险级别依赖它自己",
    "rest it on signals.… and score": "请以 signals.… 和 score 为依据",
    "a fact of type {type} has its account already": "{type} 这种事实本来就有客户",
    "remove `touches`": "请删掉 `touches`",
    "`when` does not go with `from` and `match`": "`when` 不能与 `from`、`match` 同用",
    "keep one of the two": "只保留其一",
    "`touches` needs {missing}": "`touches` 缺少 {missing:word}",
    "write touches: {from: [order], match: product}, or touches: {when: tier = 'A'}":
        "请写 touches: {from: [order], match: product}，或 touches: {when: tier = 'A'}",
    "a fact of type {type} has no field '{name}'": "{type} 这种事实没有字段“{name}”",
    "a fact of type {type} has no account": "{type} 这种事实没有客户",
    "name a type that belongs to accounts and has this field": "请用属于客户、且有这个字段的事实类型",
    "'{name}' is {kind} in {type}, but {other} in {source}":
        "“{name}”在 {type} 里是{kind:word}，在 {source} 里却是{other:word}",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "from and match, or when": "from 和 match，或 when",
}
