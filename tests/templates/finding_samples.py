"""Believable contexts for finding a service: the list, the place, and nobody who serves it."""

from typing import Any

from tests.templates.cast import Cast
from tests.templates.sample import Sample

PATH = "/services/place?in="


def finding(cast: Cast) -> list[Sample]:
    """The services of a county, a search, no place yet; choosing the place; an item nobody serves."""
    say = cast.say
    themes = [
        {"name": say("住房与不动产", "Housing and property"), "code": "home", "url": "/services?theme=home"},
        {
            "name": say("社会保险", "Social insurance"),
            "code": "insurance",
            "url": "/services?theme=insurance",
        },
        {"name": say("婚育与家庭", "Family"), "code": "family", "url": "/services?theme=family"},
    ]
    common: dict[str, Any] = {
        "place": {
            "code": "330106",
            "name": say("浙江省 杭州市 西湖区", "Zhejiang Hangzhou Xihu"),
            "change_url": PATH + "330100",
        },
        "words": "",
        "theme": "",
        "themes": themes,
        "all_url": "/services",
        "groups": _groups(cast),
        "more_url": None,
        "provinces": [],
        "action": "/services",
        "place_action": "/services/place",
    }
    provinces = say(
        "北京市 天津市 河北省 浙江省 内蒙古自治区", "Beijing Tianjin Hebei Zhejiang Inner-Mongolia"
    ).split()
    found = {"words": say("公积金", "fund"), "groups": _groups(cast)[:1]}
    return [
        Sample(
            "services", "services.html", {**common, "person": cast.person, "more_url": "/services?from=x"}
        ),
        Sample("services-found", "services.html", {**common, **found}),
        Sample("services-nothing", "services.html", {**common, "words": "xyz", "groups": []}),
        Sample(
            "services-no-place",
            "services.html",
            {
                **common,
                "place": None,
                "groups": [],
                "provinces": [{"name": name, "url": PATH + str(n)} for n, name in enumerate(provinces)],
            },
        ),
        *_places(cast),
        Sample(
            "item-not-served",
            "item_not_served.html",
            {
                "error": "item_not_served",
                "trace_id": "5f0c2a9be17d4c33",
                "item_name": say("住房公积金提取", "Housing fund: withdrawal"),
                "division_name": say("江苏省 南京市 玄武区", "Jiangsu Nanjing Xuanwu"),
                "place_url": "/services/place?item=fund-withdrawal",
                "services_url": "/services",
            },
        ),
    ]


def _groups(cast: Cast) -> list[dict[str, Any]]:
    say = cast.say
    registry = (
        say("不动产登记", "Property registration"),
        say("杭州市西湖区不动产登记服务中心", "Xihu District Registry"),
    )
    fund = say("住房公积金", "Housing fund"), say("杭州市住房公积金管理中心", "Hangzhou Housing Fund Centre")
    insurance = (
        say("社会保险参保记录", "Social insurance records"),
        say("浙江政务服务 · 人力资源和社会保障", "Zhejiang public services · Social security"),
    )
    city, county, province = say("市级", "City"), say("县区级", "County or district"), say("省级", "Province")
    return [
        {
            "code": "home",
            "name": say("住房与不动产", "Housing and property"),
            "services": [
                _service("estate-transfer", say("不动产转移登记", "Transfer of property"), registry, county),
                _service(
                    "estate-query",
                    say("不动产登记资料查询", "Look-up of registered property"),
                    registry,
                    county,
                ),
                _service("fund-query", say("住房公积金查询", "Housing fund: look-up"), fund, city),
                _service("fund-withdrawal", say("住房公积金提取", "Housing fund: withdrawal"), fund, city),
            ],
        },
        {
            "code": "insurance",
            "name": say("社会保险", "Social insurance"),
            "services": [
                _service(
                    "insurance-query",
                    say("社会保险参保查询", "Social insurance: look-up"),
                    insurance,
                    province,
                )
            ],
        },
    ]


def _service(item: str, name: str, site: tuple[str, str], level: str) -> dict[str, str]:
    url = f"/route?item={item}&division=330106"
    return {"item": item, "name": name, "site": site[0], "organization": site[1], "level": level, "url": url}


def _places(cast: Cast) -> list[Sample]:
    common: dict[str, Any] = {
        "item": "",
        "item_name": "",
        "target": "",
        "name": "",
        "found": [],
        "path": [],
        "whole": None,
        "top_url": "/services/place",
        "back_url": "/services",
        "action": "/services/place",
    }
    say = cast.say
    inside = say(
        "上城区 拱墅区 西湖区 滨江区 桐庐县 建德市", "Shangcheng Gongshu Xihu Binjiang Tonglu Jiande"
    ).split()
    places = [{"name": name, "url": "/services?division=x", "code": name} for name in inside]
    path = [
        {"name": say("浙江省", "Zhejiang"), "url": PATH + "330000"},
        {"name": say("杭州市", "Hangzhou"), "url": PATH + "330100"},
    ]
    whole = {"name": say("杭州市", "Hangzhou"), "url": "/services?division=330100", "code": "330100"}
    both = say(
        "浙江省 杭州市 西湖区;江西省 南昌市 西湖区", "Zhejiang Hangzhou Xihu;Jiangxi Nanchang Xihu"
    ).split(";")
    found = [{"name": name, "url": f"/services?division={name}", "code": name} for name in both]
    asked = {"item": "fund-query", "item_name": cast.say("住房公积金查询", "Housing fund: look-up")}
    return [
        Sample(
            "service-place", "service_place.html", {**common, "path": path, "whole": whole, "places": places}
        ),
        Sample(
            "service-place-found",
            "service_place.html",
            {**common, **asked, "name": say("西湖", "Xihu"), "found": found, "places": places},
        ),
        Sample("service-place-unknown", "service_place.html", {**common, "name": "xx", "places": places}),
    ]
