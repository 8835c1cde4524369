"""The county's site: the property unit registered in the name of a person or company, and three things to do."""

from datetime import date

from clients.sites import made_up
from clients.sites.definition import Definition, Deletion, Figure, Records, StepUpPage, Table
from clients.sites.language import Text
from tongxing_client import data_deletion

_STREETS = ("文三路", "学院路", "古墩路", "天目山路", "保俶北路", "紫荆花路")
_FIRST_YEAR = 2016


def records(sub: str, today: date) -> Records:
    """One unit, registered some years ago, without mortgage or seizure."""
    draw = made_up.MadeUp("county", sub)
    year = draw.number("year", _FIRST_YEAR, today.year - 1)
    certificate = f"浙（{year}）杭州市不动产权第{draw.number('certificate', 1, 299_999):07d}号"
    unit = f"{draw.number('entrance', 1, 4)}单元{draw.number('floor', 2, 17)}02室"
    address = (
        f"西湖区{draw.one_of('street', _STREETS)}{draw.number('house', 1, 480)}号"
        f"{draw.number('building', 1, 18)}幢{unit}"
    )
    registered = f"{year}-{draw.number('month', 1, 12):02d}-{draw.number('day', 1, 28):02d}"
    return Records(
        figures=(
            Figure(label=Text("名下不动产", "Units in your name"), value="1"),
            Figure(
                label=Text("建筑面积", "Floor area"), value=f"{draw.number('area', 4800, 14_300) / 100} m²"
            ),
            Figure(label=Text("抵押", "Mortgage"), value=Text("无", "None")),
            Figure(label=Text("查封", "Seizure"), value=Text("无", "None")),
        ),
        tables=(
            Table(
                caption=Text("登记信息", "Register entry"),
                columns=(Text("项目", "Item"), Text("内容", "Content")),
                rows=(
                    (Text("不动产权证号", "Certificate"), certificate),
                    (Text("坐落", "Address"), address),
                    (Text("权利类型", "Right"), Text("房屋所有权", "Ownership of a dwelling")),
                    (Text("共有情况", "Share"), Text("单独所有", "Sole owner")),
                    (Text("用途", "Use"), Text("住宅", "Residential")),
                    (Text("登记时间", "Registered"), registered),
                ),
            ),
        ),
    )


def _page(name: str, title: Text, button: Text) -> StepUpPage:
    """A page for one item of the authority's list 权力清单; a handler needs a mandate that covers it."""
    return StepUpPage(
        path=f"/{name}",
        item=f"estate-{name}",
        title=title,
        lead=Text(
            "以单位或他人名义办理时，您的授权须包含此事项。",
            "In the name of a company or somebody else, your mandate must cover this item.",
        ),
        button=button,
        done=Text("已受理（沙箱演示，不会真的登记）。", "Accepted (sandbox: nothing is really registered)."),
    )


METADATA = {
    "division_code": "330106",
    "item_codes": ["estate-query", "estate-transfer", "estate-mortgage"],
    "purpose#zh-Hans": "办理不动产登记和查询",
    "purpose#en": "To register property and show what is registered",
    "legal_basis": "statutory_duty",
    "data_retention": "P3Y",
    "default_acr_values": ["urn:tongxing:loa:3", "urn:tongxing:loa:assisted"],
    "minimum_acr": "urn:tongxing:loa:3",
    "acting_as": ["self", "enterprise", "ward", "relative"],
    "authorization_details_types": ["urn:tongxing:mandate"],
}
COUNTY = Definition(
    key="county",
    software_id="county-registry",
    port=8003,
    superiors=("330106",),
    vouched_by=Text("杭州市西湖区", "Xihu District"),
    metadata=METADATA,
    scope="openid profile",
    sign="产",
    name=Text("不动产登记", "Property registration"),
    authority=Text("杭州市西湖区不动产登记服务中心", "Xihu District Property Registry"),
    division=Text("杭州市西湖区", "Xihu District"),
    lead=Text(
        "查询本人或所代表单位名下的不动产，办理登记事项。",
        "See the property registered in your name or your company's, and have it registered.",
    ),
    offers=(
        Text("产权证号和坐落", "Certificate and address"),
        Text("面积、用途和登记时间", "Area, use and date of registration"),
        Text("抵押和查封情况", "Mortgage and seizure"),
    ),
    records_title=Text("不动产", "Property"),
    records=records,
    deletion=Deletion(
        status=data_deletion.REFUSED,
        reason=(
            "不动产登记簿依照《不动产登记暂行条例》永久保存，不能删除。"
            "The land register is kept for ever by law; entries cannot be deleted."
        ),
    ),
    is_for_others=True,
    is_behind_wall=True,
    pages=(
        _page(
            "query", Text("出具查询证明", "Certificate of search"), Text("出具证明", "Issue the certificate")
        ),
        _page("transfer", Text("转移登记", "Register a transfer"), Text("提交申请", "Send the application")),
        _page("mortgage", Text("抵押登记", "Register a mortgage"), Text("提交申请", "Send the application")),
    ),
)
