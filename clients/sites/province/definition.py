"""The province's site: who is insured, since when, and what was paid in the last year."""

from datetime import date

from clients.sites import made_up
from clients.sites.definition import Definition, Deletion, Figure, Records, Table
from clients.sites.language import Text
from tongxing_client import data_deletion

_MONTHS = 12
# Shares of the contribution base that the person pays, in per mille: pension, medical, unemployment.
_SHARES = (80, 20, 5)
_PAID = Text("已到账", "received")


def records(sub: str, today: date) -> Records:
    """A year of contributions on one base."""
    draw = made_up.MadeUp("province", sub)
    base = draw.number("base", 48, 210) * 10_000
    pension_months = draw.number("months", 14, 260)
    paid = [base * share // 1000 for share in _SHARES]
    months = made_up.months_before(today, _MONTHS)
    return Records(
        figures=(
            Figure(label=Text("参保状态", "Status"), value=Text("正常参保", "Insured")),
            Figure(label=Text("养老保险累计月数", "Months of pension insurance"), value=str(pension_months)),
            Figure(label=Text("缴费基数（月）", "Contribution base, monthly"), value=made_up.yuan(base)),
            Figure(
                label=Text("养老个人账户", "Pension account"), value=made_up.yuan(paid[0] * pension_months)
            ),
        ),
        tables=(
            Table(
                caption=Text("最近十二个月的个人缴费", "What you paid in the last twelve months"),
                columns=(
                    Text("月份", "Month"),
                    Text("养老", "Pension"),
                    Text("医疗", "Medical"),
                    Text("失业", "Unemployment"),
                    Text("状态", "State"),
                ),
                rows=tuple((month, *map(made_up.yuan, paid), _PAID) for month in months),
                numeric=frozenset({1, 2, 3}),
            ),
        ),
    )


METADATA = {
    "division_code": "330000",
    "item_codes": ["insurance-query"],
    "purpose#zh-Hans": "查询您本人的社会保险参保和缴费记录",
    "purpose#en": "To show you your own social insurance records",
    "legal_basis": "consent",
    "data_retention": "P3Y",
    "items": [
        {
            "name": "name",
            "required": True,
            "purpose#zh-Hans": "核对参保人",
            "purpose#en": "To find your records",
        },
        {
            "name": "phone_number",
            "required": False,
            "purpose#zh-Hans": "缴费变动时通知您",
            "purpose#en": "To tell you when something changes",
        },
    ],
    "default_acr_values": ["urn:tongxing:loa:2"],
    "acting_as": ["self", "enterprise", "ward"],
    "authorization_details_types": ["urn:tongxing:mandate"],
}
PROVINCE = Definition(
    key="province",
    software_id="province-portal",
    port=8001,
    superiors=("330000",),
    vouched_by=Text("浙江省", "Zhejiang Province"),
    metadata=METADATA,
    scope="openid profile phone",
    sign="保",
    name=Text("社会保险参保记录", "Social insurance records"),
    authority=Text("浙江政务服务 · 人力资源和社会保障", "Zhejiang public services · Social security"),
    division=Text("浙江省", "Zhejiang Province"),
    lead=Text(
        "查看本人的养老、医疗、失业保险参保情况和缴费明细。",
        "See your pension, medical and unemployment insurance and what was paid.",
    ),
    offers=(
        Text("参保状态和累计月数", "Your status and months of insurance"),
        Text("最近十二个月的缴费明细", "Twelve months of contributions"),
        Text("养老保险个人账户", "Your pension account"),
    ),
    records_title=Text("我的参保记录", "My insurance records"),
    records=records,
    needed_items=frozenset({"name"}),
    deletion=Deletion(status=data_deletion.COMPLETED),
    is_for_others=True,
    leaves_in_frame=True,
)
