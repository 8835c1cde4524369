"""Invented people and enterprises, always the same from the same seed.

Families with parents, children and grandparents in ten places, people with long names, with permits and from abroad,
and fifty enterprises. All numbers are well formed; nobody behind them exists.
"""

import datetime as dt
import random

from idp.identifiers import citizen_id, foreign_resident, mod_11_2, residence_permit, uscc
from idp.sandbox import cast
from idp.sandbox.cast import Member
from idp.sandbox.registers.records import Citizen, Enterprise

SEED = 330106
FAMILIES = 72
ENTERPRISES = 50
OTHER_HOUSEHOLDS = 50
PLACES = (
    "330102", "330105", "330106", "330108", "330110", "330203", "330304", "110105", "310115", "440305", "510107",
)  # fmt: skip
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任沈姚"
)
LONG_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "慕容")
GIVEN = {
    "male": (
        "伟",
        "强",
        "磊",
        "洋",
        "勇",
        "军",
        "杰",
        "涛",
        "明",
        "超",
        "志远",
        "浩然",
        "子轩",
        "宇航",
        "建国",
        "建军",
        "国庆",
        "文博",
        "俊杰",
        "天佑",
        "思远",
        "一鸣",
        "晓峰",
    ),
    "female": (
        "芳",
        "娜",
        "敏",
        "静",
        "丽",
        "艳",
        "娟",
        "霞",
        "秀英",
        "桂兰",
        "雨涵",
        "欣怡",
        "梓涵",
        "诗琪",
        "晓燕",
        "文静",
        "思敏",
        "佳怡",
        "玉兰",
        "若曦",
        "婉婷",
    ),
}
# People whose names a form must not break: minorities, Hong Kong, Macao and Taiwan, abroad.
OTHERS = (
    ("阿依努尔·买买提", "female", "1992-04-18", "650102", citizen_id.TYPE),
    ("迪丽努尔·阿卜杜热合曼·吐尔逊", "female", "1985-09-02", "653101", citizen_id.TYPE),
    ("扎西多吉", "male", "1979-12-11", "540102", citizen_id.TYPE),
    ("其其格", "female", "1990-01-01", "150102", citizen_id.TYPE),
    ("陳大文", "male", "1986-06-30", "810000", residence_permit.TYPE),
    ("何美玲", "female", "1991-03-22", "820000", residence_permit.TYPE),
    ("林志豪", "male", "1983-10-05", "830000", residence_permit.TYPE),
    ("Maria Anna Schmidt-Lange", "female", "1984-05-01", "933276", foreign_resident.TYPE),
    ("JOHN ROBERT SMITH", "male", "1990-01-01", "933840", foreign_resident.TYPE),
)
TOWNS = ("杭州", "宁波", "温州", "嘉兴", "绍兴", "金华")
TRADES = ("茶业", "丝绸", "软件", "物流", "建筑", "餐饮", "教育科技", "医疗器械", "农业", "文化传播")
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
OWN_NAMES = (
    "云栖",
    "清风",
    "西泠",
    "之江",
    "钱塘",
    "拱宸",
    "望江",
    "灵隐",
    "龙井",
    "湘湖",
    "富春",
    "运河",
    "南屏",
    "九溪",
    "满陇",
)


class _Maker:
    def __init__(self, year: int) -> None:
        self._random = random.Random(SEED)  # noqa: S311 - the same people every time
        self._year = year
        self._taken: set[str] = set()
        self._counter = 0

    def citizens(self) -> list[Citizen]:
        made = self._members()
        for household in range(100, 100 + FAMILIES):
            made += self._family(household)
        for name, sex, born, division, id_type in OTHERS:
            made.append(self._person(name, sex, dt.date.fromisoformat(born), division, 0, id_type))
        return made

    def enterprises(self, citizens: list[Citizen]) -> list[Enterprise]:
        by_username = {one.username: one.number for one in citizens if one.username}
        adults = [
            one.number for one in citizens if one.birth_date.year <= self._year - 25 and not one.username
        ]
        made = [
            Enterprise(one.uscc, one.name, by_username.get(one.representative) or self._random.choice(adults))
            for one in cast.companies()
        ]
        names = {one.name for one in made}
        while len(made) < ENTERPRISES:
            choose = self._random.choice
            name = choose(TOWNS) + choose(OWN_NAMES) + choose(TRADES) + choose(FORMS)
            if name not in names:
                names.add(name)
                made.append(Enterprise(self._uscc(), name, choose(adults)))
        return made

    def _members(self) -> list[Citizen]:
        made = []
        for household, one in enumerate(cast.people(), start=1):
            self._taken.add(one.number)
            made.append(self._member(one, household))
        made += self._others({one.number for one in made})
        child = cast.child(self._year)
        parent = next(one for one in made if one.username == child.guardian.username)
        made.append(
            Citizen(
                number=child.number,
                id_type=citizen_id.TYPE,
                name=child.name,
                sex="female",
                birth_date=dt.date.fromisoformat(child.birthdate),
                phone="",
                bank_card="",
                household=parent.household,
                guardians=((parent.number, "father"),),
            )
        )
        return made

    def _others(self, known: set[str]) -> list[Citizen]:
        """Return the people of the other province: the population register is one for all."""
        made = []
        for household, one in enumerate(cast.people(cast.OTHER_PROVINCE), start=OTHER_HOUSEHOLDS):
            if one.number in known:
                continue
            self._taken.add(one.number)
            made.append(self._member(one, household))
        return made

    @staticmethod
    def _member(one: Member, household: int) -> Citizen:
        return Citizen(
            number=one.number,
            id_type=citizen_id.TYPE,
            name=one.name,
            sex=one.gender,
            birth_date=dt.date.fromisoformat(one.birthdate),
            phone=one.phone,
            bank_card=one.bank_card,
            household=household,
            username=one.username,
        )

    def _family(self, household: int) -> list[Citizen]:
        place = self._random.choice(PLACES)
        father_name, mother_name = self._surname(), self._surname()
        age = self._random.randint(26, 55)
        father = self._person(self._named(father_name, "male"), "male", self._born(age), place, household)
        mother = self._person(
            self._named(mother_name, "female"), "female", self._born(max(24, age - 2)), place, household
        )
        family = [father, mother]
        guardians = ((father.number, "father"), (mother.number, "mother"))
        for _ in range(self._random.choice((0, 1, 1, 1, 2))):
            sex = self._random.choice(("male", "female"))
            years = self._random.randint(0, age - 24)
            family.append(
                self._person(
                    self._named(father_name, sex),
                    sex,
                    self._born(years),
                    place,
                    household,
                    guardians=guardians if years < 18 else (),  # noqa: PLR2004 - of age
                )
            )
        if self._random.random() < 0.4:  # noqa: PLR2004 - some live with a grandmother
            family.append(
                self._person(
                    self._named(self._surname(), "female"), "female", self._born(age + 26), place, household
                )
            )
        return family

    def _surname(self) -> str:
        is_long = self._random.random() < 0.03  # noqa: PLR2004 - few surnames have two characters
        return self._random.choice(LONG_SURNAMES if is_long else tuple(SURNAMES))

    def _named(self, surname: str, sex: str) -> str:
        return surname + self._random.choice(GIVEN[sex])

    def _born(self, age: int) -> dt.date:
        return dt.date(self._year - 1 - age, 1, 1) + dt.timedelta(days=self._random.randrange(365))

    def _person(
        self,
        name: str,
        sex: str,
        born: dt.date,
        division: str,
        household: int,
        id_type: str = citizen_id.TYPE,
        *,
        guardians: tuple[tuple[str, str], ...] = (),
    ) -> Citizen:
        self._counter += 1
        adult = self._year - born.year >= 16  # noqa: PLR2004 - has a phone and a card of one's own
        return Citizen(
            number=self._number(division, born, sex),
            id_type=id_type,
            name=name,
            sex=sex,
            birth_date=born,
            phone=f"1990001{self._counter:04}" if adult else "",
            bank_card=_with_luhn(f"62179988{self._counter:09}") if adult else "",
            household=household,
            guardians=guardians,
        )

    def _number(self, division: str, born: dt.date, sex: str) -> str:
        while True:
            sequence = self._random.randrange(450) * 2 + (sex == "male")
            digits = f"{division}{born:%Y%m%d}{sequence:03}"
            number = digits + mod_11_2.character(digits)
            if number not in self._taken:
                self._taken.add(number)
                return number

    def _uscc(self) -> str:
        organization = "MA" + "".join(self._random.choice("0123456789ABCDEFGHJK") for _ in range(6))
        seventeen = f"91{self._random.choice(PLACES)}{organization}{uscc.organization_check(organization)}"
        return seventeen + uscc.check_character(seventeen)


def _with_luhn(digits: str) -> str:
    """Add the check digit of ISO/IEC 7812-1."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if position % 2 else 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digits of a two-digit number are added
    return digits + str(-total % 10)


def make(year: int) -> tuple[list[Citizen], list[Enterprise]]:
    """Return everybody and everything as of *year*."""
    maker = _Maker(year)
    citizens = maker.citizens()
    return citizens, maker.enterprises(citizens)
