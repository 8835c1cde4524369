"""The city's site: the housing fund's balance and deposits, and a withdrawal that wants a higher level."""

from datetime import date

from clients.sites import made_up
from clients.sites.definition import Definition, Deletion, Figure, ItemPage, Records, StepUpPage, Table
from clients.sites.language import Text
from tongxing_client import data_deletion

_MONTHS = 6
_DEPOSIT = Text("汇缴", "deposit")


def records(sub: str, today: date) -> Records:
    """A balance and half a year of deposits, half from the employer."""
    draw = made_up.MadeUp("city", sub)
    deposit = draw.number("deposit", 600, 3_200) * 100
    months = made_up.months_before(today, _MONTHS)
    balance = deposit * 2 * draw.number("months", 7, 96) + draw.number("interest", 1_000, 90_000)
    return Records(
        figures=(
            Figure(label=Text("账户余额", "Balance"), value=made_up.yuan(balance)),
            Figure(label=Text("每月缴存", "Paid in monthly"), value=made_up.yuan(deposit * 2)),
            Figure(label=Text("账户状态", "Status"), value=Text("正常缴存", "Active")),
            Figure(label=Text("可提取额度", "You can withdraw"), value=made_up.yuan(balance // 2)),
        ),
        tables=(
            Table(
                caption=Text("最近六个月的缴存", "Deposits of the last six months"),
                columns=(
                    Text("月份", "Month"),
                    Text("摘要", "Entry"),
                    Text("个人", "You"),
                    Text("单位", "Employer"),
                    Text("合计", "Sum"),
                ),
                rows=tuple(
                    (month, _DEPOSIT, *map(made_up.yuan, (deposit, deposit, deposit * 2))) for month in months
                ),
                numeric=frozenset({2, 3, 4}),
            ),
        ),
    )


METADATA = {
    "division_code": "330100",
    "item_codes": ["fund-query", "fund-withdrawal"],
    "purpose#zh-Hans": "办理住房公积金查询和提取",
    "purpose#en": "To show and pay out your housing fund",
    "legal_basis": "statutory_duty",
    "data_retention": "P3Y",
    "items": [
        {
            "name": "name",
            "required": True,
            "purpose#zh-Hans": "核对缴存人",
            "purpose#en": "To find your records",
        },
        {
            "name": "phone_number",
            "required": False,
            "legal_basis": "consent",
            "purpose#zh-Hans": "缴存到账时发短信提醒您",
            "purpose#en": "To send you a message when a deposit arrives",
        },
    ],
    "default_acr_values": ["urn:tongxing:loa:2"],
}
CITY = Definition(
    key="city",
    software_id="city-fund",
    port=8002,
    superiors=("330100",),
    vouched_by=Text("杭州市", "Hangzhou"),
    metadata=METADATA,
    signs_requests=False,
    pushes_requests=True,
    scope="openid profile",
    sign="积",
    name=Text("住房公积金", "Housing fund"),
    authority=Text("杭州市住房公积金管理中心", "Hangzhou Housing Fund Centre"),
    division=Text("杭州市", "Hangzhou"),
    lead=Text(
        "查询公积金余额和缴存明细，办理租房提取。",
        "See your balance and deposits, and withdraw for rent.",
    ),
    offers=(
        Text("账户余额和每月缴存", "Your balance and monthly deposit"),
        Text("最近六个月的缴存明细", "Six months of deposits"),
        Text("租房提取（需要 L3 高级认证）", "Withdraw for rent (needs level L3)"),
        Text("到账短信提醒（自愿开通）", "A message when a deposit arrives (if you like)"),
    ),
    records_title=Text("我的公积金", "My housing fund"),
    records=records,
    pages=(
        StepUpPage(
            path="/withdraw",
            acr="urn:tongxing:loa:3",
            max_age=300,
            title=Text("租房提取", "Withdraw for rent"),
            lead=Text(
                "提取涉及资金，需要高级（L3）认证，且在五分钟内确认过身份。",
                "Money is involved, so the level L3 (high) is needed, proved within five minutes.",
            ),
            button=Text("提取 ¥1,500.00", "Withdraw ¥1,500.00"),
            done=Text("已受理（沙箱演示，不会真的付款）。", "Accepted (sandbox: nothing is really paid)."),
        ),
    ),
    item_pages=(
        ItemPage(
            path="/reminders",
            scope="phone",
            item="phone_number",
            title=Text("短信提醒", "Reminders by SMS"),
            lead=Text(
                "每月缴存到账时，发一条短信告诉您。这不是办理业务所必需的，由您决定。",
                "One message a month when the deposit has arrived. You do not need it for anything else: you choose.",
            ),
            turn_on=Text("开通短信提醒", "Turn reminders on"),
            turn_off=Text("关闭短信提醒", "Turn reminders off"),
            is_on=Text("短信提醒已开通，发送到", "Reminders are on, sent to"),
            taken_back=Text(
                "您已撤回手机号码。本站已将其删除，不会再发短信提醒。其他业务照常办理。",
                "You took your phone number back. It is deleted here and no more reminders are sent. "
                "Everything else works as before.",
            ),
            not_shared=Text(
                "您没有向本站提供手机号码，所以没有开通短信提醒。其他业务照常办理。",
                "You have not shared your phone number, so there are no reminders. Everything else works as before.",
            ),
            ask=Text("重新提供手机号码", "Share my phone number again"),
        ),
    ),
    deletion=Deletion(
        status=data_deletion.PARTIAL,
        reason=(
            "手机号码已删除；公积金缴存记录依照《住房公积金管理条例》须继续保存。"
            "The phone number is deleted; records of deposits have to be kept by law."
        ),
    ),
)
