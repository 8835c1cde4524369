"""The housing office's site: whether somebody may rent a public flat, their place in the queue, an application.

It has two superiors, the city (块) and the housing ministry's branch in the province (条): either vouches for it.
"""

from datetime import date

from clients.sites import made_up
from clients.sites.definition import Definition, Deletion, Figure, Records, StepUpPage, Table
from clients.sites.language import Text
from tongxing_client import data_deletion

_ESTATES = ("北秀嘉苑", "蒋村花园", "三墩云荷里", "丁桥兰苑", "祥符桥家园")
_KINDS = (Text("实物配租", "A flat at a low rent"), Text("货币补贴", "Money towards the rent"))
_FIRST_YEAR = 2023


def records(sub: str, today: date) -> Records:
    """One application of the last years and how far it has come."""
    draw = made_up.MadeUp("housing", sub)
    year = draw.number("year", _FIRST_YEAR, today.year - 1)
    month = draw.number("month", 1, 9)
    number = f"HZGZF{year}{draw.number('number', 1, 99_999):05d}"
    first = draw.number("estate", 0, len(_ESTATES) - 1)
    kind = _KINDS[draw.number("kind", 0, 1)]
    return Records(
        figures=(
            Figure(label=Text("保障资格", "Entitlement"), value=Text("符合条件", "Confirmed")),
            Figure(label=Text("保障方式", "Kind"), value=kind),
            Figure(label=Text("轮候序号", "Place in the queue"), value=str(draw.number("place", 12, 1_800))),
            Figure(
                label=Text("预计月租金", "Expected monthly rent"),
                value=made_up.yuan(draw.number("rent", 28, 96) * 1_000),
            ),
        ),
        tables=(
            Table(
                caption=Text("申请进度", "Your application"),
                columns=(Text("日期", "Date"), Text("环节", "Step"), Text("结果", "Result")),
                rows=(
                    (f"{year}-{month:02d}", Text("提交申请", "Application"), number),
                    (f"{year}-{month + 1:02d}", Text("街道初审", "Checked by the sub-district"), _PASSED),
                    (f"{year}-{month + 2:02d}", Text("区级复核", "Checked by the district"), _PASSED),
                    (f"{year}-{month + 3:02d}", Text("市级公示", "Published by the city"), _PASSED),
                ),
            ),
            Table(
                caption=Text("意向小区", "Where you would like to live"),
                columns=(Text("次序", "Choice"), Text("小区", "Estate")),
                rows=tuple(
                    (str(n), _ESTATES[(first + n) % len(_ESTATES)])
                    for n in range(1, draw.number("choices", 2, 3) + 1)
                ),
            ),
        ),
    )


_PASSED = Text("通过", "passed")
METADATA = {
    "division_code": "330100",
    "item_codes": ["housing-query", "housing-application"],
    "purpose#zh-Hans": "办理公共租赁住房申请和轮候查询",
    "purpose#en": "To handle applications for public rental housing",
    "legal_basis": "statutory_duty",
    "data_retention": "P5Y",
    "default_acr_values": ["urn:tongxing:loa:2"],
}
HOUSING = Definition(
    key="housing",
    software_id="city-housing",
    port=8004,
    superiors=("330100", "mohurd-330000"),
    vouched_by=Text("杭州市、浙江省住房和城乡建设厅", "Hangzhou and the housing department of Zhejiang"),
    metadata=METADATA,
    pushes_requests=True,
    scope="openid profile",
    sign="租",
    name=Text("公共租赁住房", "Public rental housing"),
    authority=Text("杭州市住房保障和房产管理局", "Hangzhou Housing Security Bureau"),
    division=Text("杭州市", "Hangzhou"),
    lead=Text(
        "查询公租房保障资格和轮候进度，在线提交申请。",
        "See whether you may rent a public flat and your place in the queue, or apply.",
    ),
    offers=(
        Text("保障资格和保障方式", "Whether you are entitled, and to what"),
        Text("轮候序号和申请进度", "Your place in the queue and how far your application is"),
        Text("在线申请（需要 L3 高级认证）", "Apply (needs level L3)"),
    ),
    records_title=Text("我的公租房申请", "My housing application"),
    records=records,
    pages=(
        StepUpPage(
            path="/apply",
            acr="urn:tongxing:loa:3",
            title=Text("申请公租房", "Apply for a public flat"),
            lead=Text(
                "提交申请即授权核查家庭住房和收入情况，需要高级（L3）认证。",
                "Your housing and income will be checked, so the level L3 (high) is needed.",
            ),
            button=Text("提交申请", "Send the application"),
            done=Text(
                "已受理（沙箱演示，不会真的申请）。", "Accepted (sandbox: nothing is really applied for)."
            ),
        ),
    ),
    deletion=Deletion(status=data_deletion.COMPLETED),
)
