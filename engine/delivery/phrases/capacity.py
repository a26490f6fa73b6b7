"""The words of capacity and plan: whether the cadence can be met, and where each customer stands in it."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    # notes on the cadence's ground
    "cadence_empty": ("The policy has no cadence table.", "政策中没有联系频率表。"),
    "cadence_unjudged": (
        "Tier {tier}, {rule}: its condition needs facts of {types}; this line is left out.",
        "{tier} 类 {rule}：其条件需要 {types} 事实，此项未计入。",
    ),
    "cadence_unranked": (
        "Tiers cannot be reckoned from these facts: whoever has none set by hand counts as {tier}.",
        "现有事实无法推算客户级别：未手工设定级别的客户一律按 {tier} 类计。",
    ),
    "facts_rejected": (
        "{count} rows of the facts do not fit and were left out; holdfast run lists them.",
        "有 {count} 行事实不合格式，未计入；holdfast run 会逐行列出。",
    ),
    # capacity
    "capacity_title": ("Can the cadence be met?", "联系频率能否做到"),
    "capacity_weeks": (
        "Hours a week, on average from {since} to {until}.",
        "均为每周工时，按 {since} 至 {until} 平均。",
    ),
    "capacity_company": ("The whole company", "全公司"),
    "capacity_people": ("By person", "按人员"),
    "capacity_chart": ("Hours a week that the cadence asks, and those there are", "每周：频率所需工时与可用工时"),
    "capacity_fit": ("What would make it fit", "怎样才能做到"),
    "capacity_fit_how": (
        "Each figure alone would do: so many hours a week more, so many customers of that tier fewer, "
        "or so much of another person.",
        "每个数字单独即可：每周多出这些工时，或减少这么多家该级别客户，或增加这么多人手。",
    ),
    "capacity_tiers": ("By tier, hours a week", "按级别（每周工时）"),
    "capacity_work": ("Work on the lists, in hours", "任务清单上的工作（工时）"),
    "capacity_no_night": (
        "No night has been run yet, so there are no tasks.",
        "尚未运行过，还没有任务。",
    ),
    "capacity_work_since": (
        "Tasks open now, in hours: those of the cadence, and all others. /week: what the nights since {since} added, "
        "on average. All this stands beside what the cadence asks and is no part of it.",
        "当前未完成任务的工时：联系频率类与其他。/周：{since} 以来各次运行每周平均新增。"
        "以上与频率所需工时并列，不包含在内。",
    ),
    "capacity_nobody": ("nobody", "无人负责"),
    "capacity_nobody_note": (
        "Nobody: customers whose carer has left, or who have none, and nobody above to take them.",
        "无人负责：负责人已离职或未指定，且没有上级可接手的客户。",
    ),
    "capacity_unknown": (
        "Without recorded hours (weekly_hours): {count}. Whether they can do it is not judged.",
        "未登记每周工时（weekly_hours）：{count} 人。能否做到不作判定。",
    ),
    "capacity_fits": ("It can be met.", "可以做到。"),
    "capacity_unjudged": (
        "It cannot be said: nobody has recorded hours (weekly_hours).",
        "无法判断：没有人登记每周工时（weekly_hours）。",
    ),
    "capacity_move": (
        "It can be met if {short} hours a week are moved from people who have too many customers to "
        "others of their role.",
        "可以做到，但需把每周 {short} 工时的客户从超负荷人员转给同岗位的其他人。",
    ),
    "capacity_cannot": (
        "It cannot be met: all the hours of {role} together are too few ({people} people more, or fewer customers or "
        "contacts).",
        "无法做到：{role}的工时合计不够（需增加 {people} 人，或减少客户或联系次数）。",
    ),
    "capacity_cannot_ever": (
        "It cannot be met: all the hours of {role} together are too few.",
        "无法做到：{role}的工时合计不够。",
    ),
    "capacity_no_role": (
        "It cannot be met: nobody here is {role}, and the table asks {hours} hours a week of them.",
        "无法做到：没有在岗的{role}，而频率表每周需要其 {hours} 工时。",
    ),
    "capacity_nobody_hours": (
        "For {hours} hours of it a week a carer is to be named first.",
        "其中每周 {hours} 工时的客户须先指定负责人。",
    ),
    "state_fits_if_moved": ("fits if moved", "调配后够用"),
    "state_needs_a_carer": ("needs a carer", "需指定负责人"),
    "state_fits": ("fits", "够用"),
    "state_tight": ("tight", "紧张"),
    "state_cannot_be_met": ("cannot be met", "做不到"),
    "state_hours_unknown": ("hours unknown", "工时未登记"),
    "column_customers": ("customers", "客户数"),
    "column_customers_a": ("A", "A 类"),
    "column_customers_b": ("B", "B 类"),
    "column_customers_c": ("C", "C 类"),
    "column_hours_a": ("hours A", "A 类工时"),
    "column_hours_b": ("hours B", "B 类工时"),
    "column_hours_c": ("hours C", "C 类工时"),
    "column_demand": ("asked", "需要"),
    "column_wish": ("at best", "按上限"),
    "column_weekly_hours": ("recorded", "登记工时"),
    "column_days_off": ("days off", "缺勤天数"),
    "column_filled": ("full", "占用"),
    "column_verdict": ("verdict", "结论"),
    "column_short": ("short", "缺口"),
    "column_spare_hours": ("spare", "富余"),
    "column_fewer_a": ("A fewer", "减 A 类"),
    "column_fewer_b": ("B fewer", "减 B 类"),
    "column_fewer_c": ("C fewer", "减 C 类"),
    "column_more_people": ("people more", "加人"),
    "column_people": ("people", "人数"),
    "column_people_role": ("role", "岗位"),
    "column_people_unknown": ("hours unknown", "工时未登记"),
    "column_hours_visit": ("visits", "拜访"),
    "column_hours_call": ("calls", "电话"),
    "column_hours_other": ("other contacts", "其他联系"),
    "column_per_customer": ("a customer", "每家"),
    "column_open_tasks": ("tasks", "任务数"),
    "column_open_cadence": ("cadence", "频率"),
    "column_open_other": ("other", "其他"),
    "column_made_cadence": ("cadence/week", "频率/周"),
    "column_made_other": ("other/week", "其他/周"),
    "column_waiting": ("waiting", "等候"),
    "define_cadence_demand": (
        "Asked: what the cadence table asks of a person's customers in a week: 7 days x hours of the contact "
        "(visit_hours, call_hours, message_hours) / days of the duty. At best: by the tighter end of each line.",
        "需要：联系频率表对其客户每周要求的工时，即 7 天 × 每次工时（visit_hours、call_hours、message_hours）÷ "
        "应联系的间隔天数。按上限：取每项较密的一端。",
    ),
    "define_cadence_hours": (
        "Hours: the recorded weekly hours, a fifth for each workday on which the person is here; "
        "holidays, days off and days after the last one do not count.",
        "工时：登记的每周工时，每个在岗工作日计五分之一；节假日、缺勤及离职之后不计。",
    ),
    "define_cadence_verdict": (
        "Tight from capacity_tight_share of the hours on; cannot be met beyond all of them.",
        "紧张：占用达到 capacity_tight_share；做不到：超过全部工时。",
    ),
    "define_cadence_other_work": (
        "Hours of tasks: visit_hours, call_hours, message_hours, task_hours. Cadence: tasks that the table's signals "
        "call; other: those of all other plays.",
        "任务工时：visit_hours、call_hours、message_hours、task_hours。频率：由联系频率信号引出的任务；其他：其余方案的任务。",
    ),
    # plan
    "plan_title": ("The plan by the cadence, {day}", "联系计划（{day}）"),
    "plan_summary": ("By person", "按人员"),
    "plan_chart": ("Customers behind, on pace and ahead", "落后、正常、领先的客户"),
    "plan_rows": ("What is to be done, behind first", "联系安排（落后者在前）"),
    "plan_behind": ("Behind the plan", "落后于计划"),
    "plan_days": ("On which day", "按日安排"),
    "plan_of": ("{name}: customers", "{name}：客户"),
    "plan_days_of": ("{name}: day by day", "{name}：按日安排"),
    "plan_contact": ("{role} {channel}", "{role}{channel}"),
    "plan_of_goal": ("{done} of {goal}", "{done}/{goal}"),
    "plan_no_appointments": (
        "Planned: not judged, there are no facts of appointment; all that is not done counts as remaining.",
        "已约：未作判定，缺少 appointment 事实；未完成的一律计为尚需。",
    ),
    "plan_month": ("The periods are those of {day}.", "各周期以 {day} 所在周期为准。"),
    "plan_no_day": (
        "{count} contacts have no workday left: who is to make them is away, or has left, until the period ends.",
        "有 {count} 次联系已无工作日可排：负责人在周期结束前不在岗。",
    ),
    "state_ahead": ("ahead", "领先"),
    "state_on": ("on", "正常"),
    "state_behind": ("behind", "落后"),
    "column_behind": ("behind", "落后"),
    "column_on": ("on", "正常"),
    "column_ahead": ("ahead", "领先"),
    "column_done": ("done", "已完成"),
    "column_planned": ("planned", "已约"),
    "column_remaining": ("left", "尚需"),
    "column_no_day": ("no day", "无日可排"),
    "column_duty": ("contact", "联系方式"),
    "column_period": ("period", "周期"),
    "column_goal": ("goal", "目标"),
    "column_of_goal": ("done", "完成"),
    "column_pace": ("pace", "进度"),
    "column_due_by": ("by", "最迟"),
    "column_suggested_on": ("day", "建议日期"),
    "column_since": ("from", "起"),
    "column_until": ("to", "止"),
    "define_plan_goal": (
        "Goal: what the cadence asks in its own period (month, two months, half-year, year); of a range such as 2–3 "
        "the first is the duty. Planned: appointments from today on. Left: goal less done and planned.",
        "目标：联系频率在其自身周期（月、双月、半年、年）内的要求；如 2–3，前者为必须。已约：今天起的预约。"
        "尚需：目标减去已完成与已约。",
    ),
    "define_plan_pace": (
        "Behind: fewer done than an even spread over the workdays asks by yesterday, or the overdue signal holds while "
        "the goal is not reached. Ahead: more than it asks by today.",
        "落后：少于按工作日均摊到昨天应完成的次数，或目标未达而逾期信号成立。领先：多于均摊到今天应完成的次数。",
    ),
    "define_plan_due": (
        "By: the day by which the next one is due in that spread; behind, what is left is spread over the workdays "
        "left.",
        "最迟：按均摊下一次应完成的日期；落后时，尚需的次数在剩余工作日内重新均摊。",
    ),
}
