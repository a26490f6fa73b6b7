"""Titles, reasons and templates: what may stand within braces."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "this template's name does not tell its language": "从这份任务文本的文件名看不出语言",
    "call it name.{one}.md or name.{other}.md, in small letters": "请命名为 名称.{one}.md 或 名称.{other}.md，用小写",
    "this template is longer than {most} characters": "这份任务文本超过 {most} 个字符",
    "a task should be read in a minute: shorten it": "任务应当一分钟能读完：请缩短",
    "this template has no title": "这份任务文本没有标题",
    "write it in the first line, behind `# `": "标题写在第一行，前面加 `# `",
    "this template has a title but no text": "这份任务文本有标题，没有正文",
    "write below it what is to be done": "请在标题下面写明要做什么",
    "a title is plain text: no value is filled in here": "标题是纯文字，这里不能填值",
    "remove the braces; values belong into `because` and into templates":
        "去掉花括号；要填值请写在 `because` 或任务文本里",
    "a text knows {{ name }}, {{ name | filter }}, {% if name %} and {% for x in list %}":
        "文本里可以用 {{ 名称 }}、{{ 名称 | 过滤器 }}、{% if 名称 %} 和 {% for x in 列表 %}",
    "this {block} is never closed": "这个 {block} 没有结尾",
    "close it by {end}": "请用 {end} 结尾",
    "these braces are not closed": "这里的花括号没有结尾",
    "close them by {end}": "请用 {end} 结尾",
    "something is missing within these braces": "花括号里缺少内容",
    "write a name, as in {{ name }}": "请写一个名称，如 {{ name }}",
    "'{char}' means nothing within braces": "花括号里不能用“{char}”",
    "this cannot be read within braces": "花括号里的这一处读不懂",
    "this {% {tag} %} belongs to no {% {opener} %}": "这个 {% {tag} %} 前面没有 {% {opener} %}",
    "remove it, or write what it belongs to": "删掉它，或者补上与它配对的部分",
    "close the {% {tag} %} above by {% end{other} %} first": "请先用 {% end{other} %} 结束上面的 {% {tag} %}",
    "there is no {% {tag} %}": "没有 {% {tag} %} 这种写法",
    "there are {% if %} and {% for %}": "可用的有 {% if %} 和 {% for %}",
    "syntax error": "写法有误",
    "the text is nested too deeply": "文本嵌套太深",
    "the test '{name}' is not admitted": "不能用判断“{name}”",
    "there are {names} and {last}": "可用的有：{names:list}、{last}",
    "there are {names}": "可用的有：{names:list}",
    "'in' is not admitted": "不能用 “in”",
    "compare with ==": "请用 == 比较",
    "'.{name}' is admitted after a plain name only": "“.{name}”只能跟在名称后面",
    "- is admitted before a number only": "- 只能写在数字前面",
    "{what} is not admitted in a text": "文本里不能用{what:word}",
    "there is no filter '{name}'": "没有过滤器“{name}”",
    "the filter '{name}' takes nothing in brackets": "过滤器“{name}”后面不带括号",
    "round takes the number of decimal places, from 0 to {most}": "round 的括号里写小数位数，0 到 {most}",
    "for takes one name: {% for item in list %}": "for 只带一个名称：{% for item in list %}",
    "for goes over a plain name only: {% for item in list %}": "for 只能遍历一个名称：{% for item in list %}",
    "for takes neither 'if' nor 'recursive'": "for 不能带 if 或 recursive",
    "{what}, in a task of the play '{play}' about {type}": "{what:say}（关于 {type} 的方案“{play}”的任务里）",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "a call": "函数调用",
    "a slice": "切片",
    "a dictionary": "字典",
    "a tuple": "元组",
}
