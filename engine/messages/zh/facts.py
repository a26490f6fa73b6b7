"""The import of facts: why rows are set aside, what is not read, and files that cannot be taken in."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    # why a cell or row does not fit
    "required, but empty": "必填，但为空",
    "not one of {names}; did you mean {name}?": "不在可选值之内（{names:list}）；是不是“{name}”？",
    "not one of {names}": "不在可选值之内（{names:list}）",
    "longer than {most} characters": "超过 {most} 个字符",
    "a long number that Excel has shortened: store it as text": "长数字被 Excel 缩写了：请存为文本",
    "holds control characters or line breaks where there may be none": "含有不允许的控制字符或换行",
    "holds control characters": "含有控制字符",
    "too large: whole numbers have at most 12 digits": "太大：整数最多 12 位",
    "not a whole number": "不是整数",
    "too large for a number": "数值太大",
    "may mean thousands or a decimal comma: write 1234 or 1.234":
        "逗号可能是千分位，也可能是小数点：请写 1234 或 1.234",
    "a percent sign is not read: write 0.15 for 15%": "不识别百分号：15% 请写 0.15",
    "a percent sign is not read": "不识别百分号",
    "not a number": "不是数",
    "not an amount of money: its commas are not between thousands": "不是金额：逗号不在千分位上",
    "too large: amounts have at most 14 digits before the point": "太大：金额的整数部分最多 14 位",
    "more than 4 decimals": "小数超过 4 位",
    "amounts are written without an exponent": "金额不用科学记数法",
    "not an amount of money": "不是金额",
    "there is no such day": "没有这一天",
    "not a date: write it as 2026-11-22": "不是日期：请写成 2026-11-22 的样子",
    "not one of true, false, yes, no, 1, 0, 是, 否": "应当是 true、false、yes、no、1、0、是、否 之一",
    "the same row as {rows}": "与{rows:kinds}相同",
    "the same id, with other content, as {rows}": "编号与{rows:kinds}相同，内容却不同",
    "no {type} of this id, or its row was set aside; reads as missing":
        "没有这个编号的 {type}，或其所在行已被剔除；按缺失处理",
    "a number of more than 15 digits, of which Excel keeps 15: store it as text":
        "超过 15 位的数字，Excel 只保留 15 位：请存为文本",
    "not a day that Excel knows": "不是 Excel 认识的日期",
    "the quotation marks do not match ({span} of the file)": "引号不配对（文件的{span:word}）",
    "{number} cells where the header has {width} (line {line} of the file)":
        "有 {number} 格，而表头有 {width} 列（文件第 {line} 行）",
    "{number} cells where the header has {width}": "有 {number} 格，而表头有 {width} 列",
    "nested too deeply": "嵌套太深",
    "the key '{key}' stands twice": "键“{key}”出现了两次",
    "not JSON: {why}": "不是 JSON（{why}）",
    "not a JSON object": "不是 JSON 对象",
    "two keys for the field {field}": "字段 {field} 有两个键",
    "a list where one value is expected": "这里应当是单个值，却是列表",
    "an object where one value is expected": "这里应当是单个值，却是对象",
    "{field}: required, so it cannot be cleared": "{field}：必填，不能清空",
    "{type}: {number} of {rows} rows do not fit (at most {share} may)":
        "{type}：{rows} 行中有 {number} 行不合要求（最多允许 {share}）",
    "  {label} row {number}, {column} '{value}': {why}": "  {label} 第 {number} 行，{column}“{value}”：{why:say}",
    "  {label} row {number}, {column}: {why}": "  {label} 第 {number} 行，{column}：{why:say}",
    "  {label} row {number} '{value}': {why}": "  {label} 第 {number} 行“{value}”：{why:say}",
    "  {label} row {number}: {why}": "  {label} 第 {number} 行：{why:say}",
    "the full list is in {path}": "完整清单见 {path}",
    "the list of rejects cannot be written to {path}: {why}": "不合格清单无法写入 {path}：{why:say}",
    # notices
    "{name} is not checked: there is no source for {type}": "{name} 未核对：没有 {type} 的数据来源",
    "what was told as '{name}' is left out: the policy knows no such fact type":
        "以“{name}”告知的事实未采用：政策里没有这种事实类型",
    "what was told as {name} does not fit and is left out": "以 {name} 告知的事实不合要求，未采用",
    "{file} is not UTF-8; it was read as GB18030": "{file} 不是 UTF-8 编码，已按 GB18030 读取",
    "{file}: {number} cells hold an Excel error (such as #N/A) and read as missing":
        "{file}：有 {number} 格是 Excel 错误值（如 #N/A），按缺失处理",
    "{file}: the sheet '{sheet}' is not read, no fact type of that name; did you mean {name}?":
        "{file}：工作表“{sheet}”未读取，没有这个名称的事实类型；是不是“{name}”？",
    "{file}: the sheet '{sheet}' is not read, no fact type of that name":
        "{file}：工作表“{sheet}”未读取，没有这个名称的事实类型",
    "{file}: the sheet '{sheet}' is not read; did you mean {name}?": "{file}：工作表“{sheet}”未读取；是不是“{name}”？",
    "{file}: the column '{name}' is not read: it is worked out from the other columns":
        "{file}：列“{name}”未读取：它由其他列算出",
    "{file}: the column '{name}' is not read; did you mean {field}?": "{file}：列“{name}”未读取；是不是“{field}”？",
    "{file}: columns not read: {names}": "{file}：未读取的列：{names:columns}",
    "{file}: {number} columns without a name are not read": "{file}：有 {number} 列没有列名，未读取",
    "{file}: one column without a name is not read": "{file}：有 1 列没有列名，未读取",
    "not read, no fact type of that name: {names} and {number} more":
        "未读取，没有这些名称的事实类型：{names:list} 等（另有 {number} 个）",
    "not read, no fact type of that name: {names}": "未读取，没有这个名称的事实类型：{names:list}",
    "{file} is not read: known endings are {names}": "{file} 未读取：可用的扩展名有 {names:list}",
    "{file} is not read; did you mean {name}?": "{file} 未读取；是不是“{name}”？",
    "{file} is not read: in a folder a workbook bears the name of one fact type; "
    "a workbook with a sheet per type is given by itself":
        "{file} 未读取：放在文件夹里的工作簿要以一种事实类型命名；每类一张表的工作簿请单独指定",
    # sources
    "no sources are named": "没有指定数据来源",
    "name a folder with --facts, or sources in holdfast.yaml":
        "请用 --facts 指定文件夹，或在 holdfast.yaml 里写 sources",
    "{path} is neither a file nor a folder": "{path} 既不是文件也不是文件夹",
    "there is no file or folder {path}": "没有文件或文件夹 {path}",
    "{path} cannot be opened: {why}": "{path} 打不开：{why:say}",
    "{path} is not a kind of file that can be read": "读不了 {path} 这种文件",
    "known endings: {names}": "可用的扩展名：{names:list}",
    "{path} has no sheets, yet sheet '{sheet}' is named for it": "{path} 没有工作表，却指定了工作表“{sheet}”",
    "{path}: no fact type is called '{name}'": "{path}：没有叫“{name}”的事实类型",
    "did you mean {name}?": "是不是“{name}”？",
    "name the type of this source": "请写明这个来源的类型（type）",
    "{folder} is a folder; a type or sheet can only be given for a file":
        "{folder} 是文件夹；type 和 sheet 只能用于文件",
    "the folder {folder} cannot be read: {why}": "文件夹 {folder} 读不出来：{why:say}",
    "{path} is a folder, where a file of {type} facts was expected": "{path} 是文件夹，这里应当是 {type} 的数据文件",
    "{path} is not an ordinary file, where a file of {type} facts was expected":
        "{path} 不是普通文件，这里应当是 {type} 的数据文件",
    "no facts found in {folder}: looked for a file per fact type, such as account.csv, order.parquet, promise.jsonl "
    "or rep.xlsx":
        "{folder} 里没有找到数据：应当每类事实一个文件，如 account.csv、order.parquet、promise.jsonl 或 rep.xlsx",
    "fact types: {names}": "事实类型有：{names:list}",
    "sources: there is no fact type '{name}'": "sources：没有事实类型“{name}”",
    "sources, {name}: there is no field '{field}'": "sources 的 {name}：没有字段“{field}”",
    "fields: {names}": "字段有：{names:list}",
    "{name} is one of {names}": "{name} 可以是：{names:list}",
    "sources, {source}: '{word}' is mapped to '{meaning}', which {name} cannot be":
        "sources 的 {source}：“{word}”对应到“{meaning}”，而 {name} 不能是这个值",
    "there is no source for {type}, which everything else hangs on": "没有 {type} 的数据来源，而其他数据都以它为准",
    "add {file}": "请补上 {file}",
    "{file}: its fact type is not known": "{file}：不知道是哪种事实",
    # columns
    "{file}: {faults}. Columns there: {names}": "{file}：{faults:faults}。现有的列：{names:columns}",
    "rename the column, or write in holdfast.yaml, under the source of {type}: columns: {pairs}":
        "请改列名，或在 holdfast.yaml 中 {type} 的来源下写 columns: {pairs:pairs}",
    # files
    "save it as CSV UTF-8": "请另存为 CSV UTF-8 格式",
    "{file}: line {line} is not UTF-8, although the file says it is": "{file}：第 {line} 行不是 UTF-8，虽然文件自称是",
    "{file}: line {line} is not UTF-16, although the file says it is":
        "{file}：第 {line} 行不是 UTF-16，虽然文件自称是",
    "{file} is neither UTF-8 (see line {line}) nor UTF-16 nor GB18030 (see line {other})":
        "{file} 既不是 UTF-8（见第 {line} 行），也不是 UTF-16 或 GB18030（见第 {other} 行）",
    "{file} is not a text file but {what}": "{file} 不是文本文件，而是{what:word}",
    "give it its right ending, or save it as CSV UTF-8": "请改成正确的扩展名，或另存为 CSV UTF-8 格式",
    "{file} is not a text file, or UTF-16 without its mark": "{file} 不是文本文件，或者是缺少标记的 UTF-16",
    "{file} is not a text file in a known encoding": "{file} 不是文本文件，或编码不认识",
    "{file}: line {line} is longer than {most} MB": "{file}：第 {line} 行超过 {most} MB",
    "{file}: the header cannot be read: {why}": "{file}：表头读不出来：{why:say}",
    "are its quotation marks closed?": "请看引号是否配对",
    "{file}: a quotation mark opens in row {row} (line {line}) and does not close":
        "{file}：第 {row} 行（文件第 {line} 行）的引号没有结尾",
    "close it, or double it where it belongs to the text": "请补上结尾的引号；引号属于文字时要写两个",
    "{file} is encrypted with a password, or an old .xls file": "{file} 加了密码，或是旧的 .xls 文件",
    "save it as .xlsx without a password": "请另存为不带密码的 .xlsx",
    "{file} is not an Excel workbook": "{file} 不是 Excel 工作簿",
    "save it as .xlsx, or give it its right ending": "请另存为 .xlsx，或改成正确的扩展名",
    "{file}: reading took longer than {seconds} seconds": "{file}：读取超过 {seconds} 秒",
    "save it as CSV": "请另存为 CSV",
    "{file}: the workbook needs more than {most} GB of memory, or is damaged":
        "{file}：工作簿占用内存超过 {most} GB，或已损坏",
    "a stray cell far right or far down makes a sheet huge: delete the empty rows and columns, or save it as CSV":
        "远处误填的一格会让工作表变得极大：请删除空行空列，或另存为 CSV",
    "{file} is empty (0 bytes), which no Parquet file is": "{file} 是空文件（0 字节），不是 Parquet 文件",
    "was its export cut short?": "是不是导出时中断了？",
    "{file}: the column '{name}' holds {kind} values; {field} must be a plain {wanted}":
        "{file}：列“{name}”存的是 {kind}；{field} 必须是普通的{wanted:word}",
    "write the column as plain values": "请把这一列写成普通的值",
    "{file} cannot be read: {why}": "{file} 读不出来：{why:say}",
    "is the workbook complete?": "工作簿完整吗？",
    "is the file complete?": "文件完整吗？",
    "{file}: too large for the memory allowed ({most})": "{file}：太大，超出允许的内存（{most}）",
    "{file}: unpacked, the workbook would take {size} GB (at most {most} GB are read)":
        "{file}：工作簿解压后有 {size} GB（最多读 {most} GB）",
    "{file} is encrypted": "{file} 加了密码",
    "save it without a password": "请去掉密码再保存",
    "{file}: there is no sheet '{sheet}'": "{file}：没有工作表“{sheet}”",
    "sheets: {names}": "工作表有：{names:list}",
    "{file}: the sheet '{sheet}' bears no fact type's name": "{file}：工作表“{sheet}”不是以事实类型命名的",
    "{file}: no sheet bears a fact type's name (sheets: {names})":
        "{file}：没有一张工作表以事实类型命名（工作表：{names:list}）",
    "name each sheet after its fact type, such as account or order": "请以事实类型命名各工作表，如 account、order",
    # working through them
    "no temporary folder can be made: {why}": "建不了临时文件夹：{why:say}",
    "set TMPDIR to a folder with space": "请把 TMPDIR 设为有空间的文件夹",
    "the facts could not be worked through: {why}": "数据处理不下去：{why}",
    "is there space left in {folder}? TMPDIR names another folder": "{folder} 还有空间吗？可以用 TMPDIR 指定别的文件夹",
    # snapshots
    "restore it from a backup, or move it away and run again on the same facts":
        "请从备份恢复，或者把它移走，再用同样的数据运行一次",
    "the snapshot cannot be written to {folder}: {why}": "数据快照无法写入 {folder}：{why:say}",
    "is the disk full?": "磁盘满了吗？",
    "the snapshot {folder} is damaged: {file} is missing or not of its size":
        "数据快照 {folder} 已损坏：{file} 缺失或大小不对",
    "the snapshot {folder} is damaged: {file} cannot be read": "数据快照 {folder} 已损坏：{file} 读不出来",
    "the snapshot {folder} is damaged: {file} does not fit its hash": "数据快照 {folder} 已损坏：{file} 与哈希值不符",
    "the snapshot {folder} cannot be read: {why}": "数据快照 {folder} 读不出来：{why:say}",
    "there is no snapshot in {folder}: {file} is missing": "{folder} 里没有数据快照：缺少 {file}",
    "{file} is not the file that was written": "{file} 不是当初写下的文件",
    "{file} does not hold what the snapshot's hash says": "{file} 的内容与快照的哈希值不符",
    "{file} of the snapshot cannot be read": "快照中的 {file} 读不出来",
    "it is damaged": "它已损坏",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "a zip archive or an Excel workbook": "zip 压缩包或 Excel 工作簿",
    "a Parquet file": "Parquet 文件",
    "an old or encrypted Office file": "旧的或加密的 Office 文件",
    "a gzip archive": "gzip 压缩包",
    "a PDF file": "PDF 文件",
    "line {number}": "第 {number} 行",
    "lines {number} to {last}": "第 {number} 至 {last} 行",
    "row {number}": "第 {number} 行",
    "{file} row {number}": "{file} 第 {number} 行",
    "row {number} and {count} more": "第 {number} 行等（另有 {count} 行）",
    "{file} row {number} and {count} more": "{file} 第 {number} 行等（另有 {count} 行）",
    "the column '{name}' stands {times} times": "列“{name}”出现了 {times} 次",
    "there is no column '{name}' (mapped to {field}) (is it '{other}'?)":
        "没有列“{name}”（对应 {field}；是不是“{other}”？）",
    "there is no column '{name}' (mapped to {field})": "没有列“{name}”（对应 {field}）",
    "the required column '{name}' is missing (is it '{other}'?)": "缺少必填的列“{name}”（是不是“{other}”？）",
    "the required column '{name}' is missing": "缺少必填的列“{name}”",
}  # fmt: skip
