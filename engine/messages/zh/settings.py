"""The settings of a workspace: its calendar, sources, delivery and keys; and the workspace's folder."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "'sources' should be the path of a folder or workbook, or a list with a source for each type":
        "“sources”应当是一个文件夹或工作簿的路径，或者逐类列出各个来源",
    "for example `sources: facts`": "例如 `sources: facts`",
    "write a dash before each source: `- type: …`": "每个来源前面加 -：`- type: …`",
    "'{text}' is not a date": "“{text}”不是日期",
    "write it as 2026-10-01": "请写成 2026-10-01 的样子",
    "unknown country '{text}'": "不认识国家“{text}”",
    "give its ISO 3166-1 code, such as CN, US or DE": "请写 ISO 3166-1 代码，如 CN、US、DE",
    "subdivision '{name}' without a country": "写了省或州“{name}”，却没有写国家",
    "name its country too": "请同时写明国家",
    "no subdivisions are known of {country}": "{country} 没有可用的省或州",
    "leave the subdivision out": "请不要写省或州",
    "unknown subdivision '{name}' of {country}": "{country} 没有省或州“{name}”",
    "known: {names}": "可用的有：{names:list}",
    "{day} is both an extra holiday and an extra workday": "{day} 既在放假日里，又在上班日里",
    "take it out of one of the two lists": "请从其中一个列表里去掉",
    # delivery
    "the name '{name}' is taken": "名称“{name}”已被占用",
    "'mail' means the mail server": "“mail”专指邮件服务器",
    "no two may have the same name": "不能有两个同名的",
    "'{key}' must not stand in this file: whoever reads it could use it":
        "“{key}”不能写在这个文件里：谁看到都可以拿去用",
    "put it into an environment variable or a file: `{key}_env: …` or `{other}_file: …`":
        "请放进环境变量或单独的文件：`{key}_env: …` 或 `{other}_file: …`",
    "mail to {host} would travel in the clear": "发往 {host} 的邮件会以明文传输",
    "write `security: tls` or `starttls`; without it only a server on this very machine is used":
        "请写 `security: tls` 或 `starttls`；不写则只能用本机的服务器",
    "'{host}' is no name of a server": "“{host}”不是服务器名",
    "for example smtp.firm.example": "例如 smtp.firm.example",
    "'{one}' needs the key '{key}' beside it": "有了“{one}”，还需要键“{key}”",
    "use at most 40 letters, digits, - or _": "最多 40 个字母、数字、- 或 _",
    "'{name}' has no address": "“{name}”没有写地址",
    "add `url_env: …` or `url_file: …`": "请补上 `url_env: …` 或 `url_file: …`",
    "messages to {form} are not signed": "发往 {form} 的消息不签名",
    "leave it out": "请去掉它",
    "there is {name}_env too": "同时还写了 {name}_env",
    "leave out one of the two": "请去掉其中一个",
    "'{name}_env' holds no name of an environment variable": "“{name}_env”里写的不是环境变量名",
    "it takes the variable's name, such as HOLDFAST_MAIL_PASSWORD, not the value itself":
        "这里写变量的名称，如 HOLDFAST_MAIL_PASSWORD，不写值本身",
    "'{text}' is no mail address": "“{text}”不是邮件地址",
    "write holdfast@firm.example, or `Name <holdfast@firm.example>`":
        "请写 holdfast@firm.example，或 `名称 <holdfast@firm.example>`",
    # keys
    "a private key inside the workspace proves nothing: who can write the store can read it":
        "私钥放在工作区里起不到证明作用：能写数据的人也能读到它",
    "keep it elsewhere": "请放到别处",
    # the workspace
    "no workspace in {root}: holdfast.yaml is missing": "{root} 不是工作区：缺少 holdfast.yaml",
    "no workspace in {root}: {file} is missing": "{root} 不是工作区：缺少 {file}",
    "make one: holdfast init {folder}": "新建一个：holdfast init {folder}",
    "unknown language '{language}'": "不支持语言“{language}”",
    "{folder} cannot be written: {why}": "{folder} 无法写入：{why:say}",
    "choose another folder": "请换一个文件夹",
    "no workspace here: there is no {file} in {folder} or above it": "这里没有工作区：{folder} 及其上级都没有 {file}",
    "make one with `holdfast init DIR`, or name it with `--workspace DIR`":
        "用 `holdfast init 文件夹` 新建，或用 `--workspace 文件夹` 指明",
    "{file}:{line}: this is not UTF-8 text": "{file}:{line}：这里不是 UTF-8 编码",
    "save the file as UTF-8": "请把文件存为 UTF-8 编码",
    "{folder} is a workspace already": "{folder} 已经是工作区",
    "give the name of a new folder": "请给一个新文件夹的名称",
    "{folder} is not empty: it holds {name}": "{folder} 不是空的：里面有 {name}",
    "{folder} is a file": "{folder} 是一个文件",
    # the terminal
    "stopped; nothing of this run was kept": "已停止；本次运行没有留下任何结果",
    "holdfast itself failed: {what}": "holdfast 自身出错：{what}",
    "nothing of this run was kept; set {name}=1 and report what it prints":
        "本次运行没有留下任何结果；请设 {name}=1 再运行一次，并把打印的内容报告给我们",
    # what the operating system says
    "No such file or directory": "没有这个文件或文件夹",
    "Permission denied": "没有权限",
    "Is a directory": "这是一个文件夹",
    "Not a directory": "这不是文件夹",
    "File exists": "文件已存在",
    "No space left on device": "磁盘已满",
    "Read-only file system": "文件系统是只读的",
    "File name too long": "文件名太长",
    "Directory not empty": "文件夹不是空的",
    "Input/output error": "读写出错",
    "Disk quota exceeded": "超出磁盘配额",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "holdfast.yaml": "holdfast.yaml",
}
