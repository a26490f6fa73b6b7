"""What each figure means, in a sentence; printed below the tables and on the pages."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "define_spend": (
        "Sales: the amounts of orders placed in the period and not cancelled.",
        "销售额：期内下单且未取消的订单金额之和。",
    ),
    "define_orders": (
        "Orders: how many were placed in the period and not cancelled.",
        "订单数：期内下单且未取消的订单数量。",
    ),
    "define_margin": (
        "Margin: that of the period's orders not cancelled, where it is recorded; the rate is over the "
        "amounts of those.",
        "毛利：期内未取消订单中已记录的毛利之和；毛利率只以这些订单的金额为分母。",
    ),
    "define_accounts": (
        "Customers: those on the last day of the period (of each step), signed or created by then and not lost; "
        "prospects are none.",
        "客户数：期末（每一段的末日）已签约或已建档且未流失的客户；潜在客户不计。",
    ),
    "define_churn": (
        "Lost: customers whose day of loss lies in the period. Churn rate: those of them who were customers before it "
        "began, over all customers before it began.",
        "流失：流失日在期内的客户。流失率：其中期初已是客户者 ÷ 期初全部客户。",
    ),
    "define_contacts": (
        "Contacts: recorded visits, calls, messages and the rest in the period, by whoever made them.",
        "联系次数：期内记录的拜访、电话、消息等，按实际联系人归属。",
    ),
    "define_promotions": (
        "Promotions: benefits given in the period (promotion, discount, support), and what they were worth.",
        "促销支持：期内给予客户的促销、折扣、支持的次数与金额。",
    ),
    "define_shares": (
        "Shares: the part of all customers, contacts, promotions, sales and margin that falls to each; who brings more "
        "than they get of care is neglected.",
        "占比：各组在客户数、联系、促销、销售、毛利总量中所占的份额；贡献高于所得关照的，即被冷落。",
    ),
    "define_leavers": (
        "Leavers: people whose last day lies in the period. Newcomer: served at most {new} days; backbone: at least "
        "{backbone}.",
        "离职人数：最后工作日在期内的人员。新人：在职不超过 {new} 天；骨干：在职至少 {backbone} 天。",
    ),
    "define_held": (
        "Customers held: those in the leaver's care on the day of notice, else on the last day.",
        "负责客户：提出离职之日（未记录则为最后工作日）由其负责的客户。",
    ),
    "define_lost_within": (
        "Lost in 90 or 180 days: of these, lost by so many days after the last day. The rate counts only leavers for "
        "whom these days are over.",
        "90（180）天内流失：上述客户中在其离职后 90（180）天内流失者。流失率只计已满 90（180）天的离职人员。",
    ),
    "define_by_rep": (
        "By rep: who made the contact or took the order; of orders and promotions without a name, and of customers, "
        "the carer.",
        "按业务员：实际联系人或下单业务员；未记录者及客户本身，归其负责人。",
    ),
    "define_by_rep_then": (
        "A lost customer counts for its carer on the day before the loss.",
        "流失客户归流失前一日的负责人。",
    ),
    "define_by_department": (
        "By department: the customer's own, else that of its rep.",
        "按部门：客户所属部门；未记录则为业务员所在部门。",
    ),
    "define_by_tier": ("By tier: the customer's tier today.", "按级别：客户当前级别。"),
    "define_by_tier_before": (
        "By tier: as the policy had it on the day before the period (or its step) began.",
        "按级别：按期初（或每一段开始）前一日的政策评定。",
    ),
    "define_by_tier_after": (
        "By tier: as the policy had it on the last day of the period (or its step).",
        "按级别：按期末（或每一段末日）的政策评定。",
    ),
    "define_by_kind": (
        "By kind: the customer left by choice (active), or was ended by us (passive).",
        "按类型：客户主动离开为主动流失，由我方终止为被动流失。",
    ),
    "define_by_controllable": (
        "Controllable: whether we could have prevented it, as recorded with the loss.",
        "是否可控：流失时记录的我方能否避免。",
    ),
    # team
    "define_workload": (
        "Target: the policy's contacts a week for the role (limit workload_ROLE), a fifth for each workday that the "
        "person was there; attained: contacts over it.",
        "目标：政策为该岗位规定的每周联系次数（限值 workload_岗位），按在岗工作日每日五分之一折算；"
        "完成率：联系次数 ÷ 目标。",
    ),
    "define_team": (
        "Team: the people who have the same manager.",
        "团队：同一经理名下的人员。",
    ),
    "define_attained": (
        "Attained: contacts of any kind over the target; people without a target do not count towards it.",
        "完成率：各类联系次数 ÷ 目标；没有目标的人员不计入。",
    ),
    "define_effective": ("Effective: contacts with the outcome effective.", "有效：结果记为“有效”的联系。"),
    "define_valuable": ("High value: contacts with the outcome of high value.", "高价值：结果记为“高价值”的联系。"),
    "define_unsuccessful": (
        "Unsuccessful: contacts with the outcome unsuccessful.",
        "不成功：结果记为“不成功”的联系。",
    ),
    "define_success_rate": (
        "Success rate: effective and high-value contacts over all contacts with an outcome.",
        "成功率：（有效 + 高价值）÷ 有结果记录的联系。",
    ),
    "define_lost_order_rate": (
        "Lost-order rate: quotes lost in the period over those won or lost in it.",
        "丢单率：期内丢失的报价 ÷ 期内赢得与丢失的报价之和。",
    ),
    "define_kept_on_time": (
        "On time: promises due in the period by their date, kept on that day or before.",
        "按期兑现：期内到期、在约定日当天或之前兑现的承诺。",
    ),
    "define_kept_late": ("Late: kept after that day.", "逾期兑现：约定日之后才兑现。"),
    "define_broken": (
        "Broken: the day is past and the promise neither kept nor withdrawn.",
        "未兑现：已过约定日，既未兑现也未撤回。",
    ),
    "define_on_time_rate": (
        "On-time rate: kept on time over all due.",
        "按期兑现率：按期兑现 ÷ 到期承诺。",
    ),
    "define_retention": (
        "Retention: customers at the start of the period who were not lost in it, over all at its start; a lost one "
        "counts for its carer on the day before the loss.",
        "保有率：期初客户中期内未流失者 ÷ 期初客户；流失客户归流失前一日的负责人。",
    ),
    "define_lost_spend": (
        "Yearly sales lost: what the lost customers bought in the 365 days up to the loss.",
        "流失的年销售额：流失客户在流失日前 365 天的购买额。",
    ),
    # economics
    "define_value_at_risk": (
        "Profit at risk: the account's sales of the period by its own margin rate (where none is recorded, the "
        "company's); all of it would go with the customer.",
        "风险利润：客户期内销售额 × 其自身毛利率（未记录则用公司毛利率）；客户流失即全部失去。",
    ),
    "define_replace": (
        "To replace: what keeping a customer of the tier costs a year (contacts at econ_contact_cost each, and "
        "promotions), times the factors econ_replace_low and econ_replace_high.",
        "替换成本：维系同级客户一年的平均成本（联系次数 × econ_contact_cost + 促销金额）"
        "× econ_replace_low 至 econ_replace_high 倍。",
    ),
    "define_econ_loss": (
        "A year's loss: customers x loss rate x revenue of one x margin. From own facts: customers at the start of the "
        "period, the share of them lost in it, the period's sales per customer, margin over sales.",
        "一年的损失：客户数 × 流失率 × 单客年收入 × 利润率。取自有数据时：期初客户数、其中期内流失的比例、"
        "期内销售额 ÷ 客户数、毛利 ÷ 销售额。",
    ),
    "define_econ_follows": (
        "People and approaches are rounded up to whole ones.",
        "人数与接触次数向上取整。",
    ),
    # rivals
    "define_met": (
        "Met: moves of the rival seen at our customers in the period; a rival is one whatever the capitals "
        "of its name.",
        "遭遇次数：期内在客户处发现的对手动作；名称大小写不同视为同一对手。",
    ),
    "define_lost_to": (
        "Lost: quotes lost in the period that name the rival.",
        "丢单：期内丢失且记录败给该对手的报价。",
    ),
    "define_won_against": (
        "Won: quotes won in the period at a customer where a move of the rival was open (without a recorded end, for "
        "{days} days). Against several rivals it counts for each, in the last row once. Win rate: won over "
        "won and lost.",
        "赢单：期内赢得、且当时该客户处有该对手未结束动作的报价（未记录结束的按 {days} 天计）。"
        "同时对阵多家的各计一次，合计行只计一次。胜率：赢单 ÷（赢单 + 丢单）。",
    ),
}
