"""The words of tasks: what was said of them, and to whom late ones are shown."""

PHRASES = {
    "word_snooze": ("Task {task} is put off until {until}.", "任务 {task} 已推迟到 {until}。"),
    "word_false_alarm": (
        "Task {task}: noted as a false alarm; the matter is held back for {days} days.",
        "任务 {task}：已记为误报，此事 {days} 天内不再提出。",
    ),
    "word_kept": ("Task {task}: the promise is recorded as kept.", "任务 {task}：承诺已记为兑现。"),
    "word_lost": (
        "Task {task}: the account is recorded as lost; all that was to do for it has ended.",
        "任务 {task}：客户已记为流失，其全部任务已结束。",
    ),
    "word_reassign": ("Task {task} is now with {to}.", "任务 {task} 现由 {to} 负责。"),
    "word_undo": ("Task {task}: {word} is taken back.", "任务 {task}：已撤回“{word}”。"),
    "word_undo_later": (
        "What it closed stays closed; if it still holds, the next night makes it anew.",
        "已关闭的任务不再打开；若情况仍在，下一夜会重新生成。",
    ),
    "recorded": ("Recorded as a contact: {channel}.", "已记录为一次接触：{channel}。"),
    "said_start": ("start", "开始"),
    "said_done": ("done", "完成"),
    "said_snooze": ("snooze", "推迟"),
    "said_false_alarm": ("false alarm", "误报"),
    "said_kept": ("kept", "已兑现"),
    "said_lost": ("lost", "流失"),
    "said_reassign": ("reassign", "改派"),
    "escalated_from": ("escalated from {who} since {since}", "由 {who} 处上报，自 {since} 起"),
    "days_late": ("{days} days late", "逾期 {days} 天"),
    "one_day_late": ("1 day late", "逾期 1 天"),
    "late_nobody": ("nobody has it", "无人负责"),
    "late_away": ("who has it is away", "负责人不在"),
    "late_begun": ("begun, not ended", "已开始，未完成"),
    "late_not_begun": ("not begun", "尚未开始"),
    "snoozed_until": ("put off until {until}", "推迟到 {until}"),
    "waiting_none": ("Nothing waits for room.", "没有事项在等候。"),
    "waiting_one": ("1 matter waits for room", "1 件事项等候中"),
    "waiting_many": ("{count} matters wait for room", "{count} 件事项等候中"),
    "waiting_since": ("Since", "自"),
    "waiting_account": ("Account", "客户"),
    "waiting_who": ("For", "负责人"),
    "waiting_title": ("What waits, and why it is there", "等候事项及其原因"),
    "waiting_full": ("There was no room on the list of {who}.", "{who}的任务单已满。"),
    "waiting_full_with": (
        "There was no room on the list of {who}: tasks {tasks}, hours {hours} of {of}.",
        "{who}的任务单已满：任务 {tasks} 项，工时 {hours} / {of} 小时。",
    ),
    "waiting_more": (
        "{count} more wait for room: holdfast tasks{whose} --status waiting",
        "另有 {count} 件等候：holdfast tasks{whose} --status waiting",
    ),
    "estimated_years": (
        "The public holidays and make-up workdays of {years} are not published yet: "
        "due days in it rest on the ordinary week and the holidays by law.",
        "{years} 年的放假与调休安排尚未公布：期限暂按平常周末与法定节日推算。",
    ),
}
