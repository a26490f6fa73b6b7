"""The files of a policy, what stands in which of them, and the fact contract."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "1 fault in the policy": "政策中共有 1 处错误",
    "{count} faults in the policy": "政策中共有 {count} 处错误",
    "more than {count} faults in the policy": "政策中的错误超过 {count} 处",
    "there is no policy in {root}: the folder 'rules' is missing": "{root} 里没有政策：缺少文件夹“rules”",
    "make one with `holdfast init DIR`": "用 `holdfast init 文件夹` 新建一份",
    "the policy holds more than {most} characters": "政策文件合计超过 {most} 个字符",
    "remove what does not belong": "请移走不属于政策的内容",
    "{file}: the name of this file is not UTF-8 text": "{file}：这个文件名不是 UTF-8 编码",
    "rename it": "请改名",
    "{file} is a link that leads nowhere": "{file} 是一个失效的链接",
    "remove it, or put the file there": "删掉它，或者把文件放到那里",
    "{file} leads outside the policy folder": "{file} 指向政策文件夹之外",
    "put a copy of the file there instead of a link": "请放文件的副本，不要放链接",
    "{file} cannot be read: {why}": "{file} 读不出来：{why:say}",
    "look at the rights of the file": "请检查文件的权限",
    "{file} is larger than {most} bytes": "{file} 超过 {most} 字节",
    "split it, or remove what does not belong there": "拆成几个文件，或移走不相干的内容",
    # what stands in which file
    "the fact contract is missing": "缺少事实契约",
    "copy it from a new workspace: holdfast init DIR": "从新工作区复制一份：holdfast init 文件夹",
    "this file is empty": "这个文件是空的",
    "write a play, or remove the file": "写上方案，或者删掉这个文件",
    "begin with a key such as `signals:`, without a hyphen": "开头应是键，如 `signals:`，前面不要加 -",
    "this file is a list, but should be a mapping (key: value)": "这个文件是列表，应当是一组“键: 值”",
    "this file has no key": "这个文件里没有键",
    "begin with a key such as `signals:`; behind the colon there is a space":
        "开头应是键，如 `signals:`；冒号后面要有空格",
    "write the names below it, each with its own keys; without hyphens": "把名称写在下面，各带自己的键；不要加 -",
    "'{name}' should be a mapping (key: value), but is {what}": "“{name}”应当是一组“键: 值”，现在是{what:word}",
    "a play does not stand among the rules": "方案不放在规则文件里",
    "put it into a file of its own below playbooks/": "请在 playbooks/ 下单独放一个文件",
    "a file holds one play, its keys at the left margin": "一个文件只写一个方案，它的键从行首写起",
    "write `play: its-name`, and below it title, about, trigger and steps, not indented":
        "先写 `play: 方案名`，下面再写 title、about、trigger 和 steps，都不缩进",
    "'{key}' does not stand among the plays": "“{key}”不放在方案文件里",
    "move the file to rules/": "请把文件移到 rules/",
    "it stands first in {place}: remove one of them": "它已写在 {place}：请删掉一处",
    "it stands first in {place}: remove one of them, or choose another name": "它已写在 {place}：请删掉一处，或者改名",
    "it stands first in {place}: remove one of them, or choose another name; "
    "a name means one measure in the whole policy, whatever it is about":
        "它已写在 {place}：请删掉一处，或者改名；同一个名称在整个政策里只能指一个度量，不论关于什么",
    "the tiers are defined a second time": "分级（tiers）重复定义",
    "{what} is defined a second time": "{what:word}重复定义",
    "these measures rest on each other: {names}": "这些度量互相依赖：{names}",
    "let one of them do without the next": "让其中一个不再依赖下一个",
    "this measure rests on itself": "这个度量依赖它自己",
    "remove its name from its own definition": "从它自己的定义里去掉它的名称",
    "these rest on each other: {names}": "它们互相依赖：{names:chain}",
    "{what} rests on itself": "{what:word}依赖它自己",
    "remove it from its own conditions": "从它自己的条件里去掉它",
    # the contract
    "'{name}' is no date field of {type}, so nothing can be known from it":
        "“{name}”不是 {type} 的日期字段，无法据此得知何时知晓",
    "its dates: none": "它没有日期字段",
    "its dates: {names}": "它的日期字段：{names:list}",
    "the contract has no type 'account'": "契约里没有类型“account”（客户）",
    "`{name}` of {type} is reckoned by the engine": "{type} 的 `{name}` 由引擎推算",
    "every type has an `id` already": "每个类型本来就有 `id`",
    "remove this field": "请删掉这个字段",
    "no field can be called '{name}': in an expression the word means something else":
        "字段不能叫“{name}”：这个词在表达式里另有含义",
    "choose another name": "换一个名称",
    "the values of '{name}' should be {wanted}": "“{name}”的取值应当{wanted:word}",
    "put all of them in quotes, or none": "要么全部加引号，要么都不加",
    "nothing says what '{name}' holds": "没有说明“{name}”是什么内容",
    "write a kind such as text or date, or add type, ref or one_of":
        "写明类型，如 text 或 date，或者补上 type、ref 或 one_of",
    "only a date can be planned": "只有日期可以是计划中的（planned）",
    "remove `{key}`": "请删掉 `{key}`",
    "'{name}' is no type of fact": "没有“{name}”这种事实",
    "the types: {names}": "事实类型有：{names:list}",
    "`{key}` does not go with `ref`: an id is a text": "`{key}` 不能与 `ref` 同用：编号是文字",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "either texts or whole numbers": "全是文字或全是整数",
}
