"""The people, sites and sessions that the samples speak of, in the person's language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace as Thing

MORNING = datetime(2026, 3, 9, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 3, 9, 4, 40, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Who and what appears, in one language."""

    locale: str

    def say(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return en if self.locale == "en" else zh

    @property
    def person(self) -> Thing:
        """The person at the keyboard."""
        return Thing(name=self.say("张伟", "Zhang Wei"))

    @property
    def province(self) -> Thing:
        """The site that asks."""
        return Thing(
            id="province-portal",
            name=self.say("浙江社保服务", "Zhejiang social insurance"),
            organization=self.say(
                "浙江省人力资源和社会保障厅", "Zhejiang Department of Human Resources and Social Security"
            ),
            division_name=self.say("浙江省", "Zhejiang Province"),
            logo_uri=None,
            client_uri="http://localhost:8001/",
        )

    @property
    def city(self) -> Thing:
        """A site the person is logged in at."""
        return Thing(
            id="city-fund",
            name=self.say("杭州住房公积金", "Hangzhou housing fund"),
            organization=self.say("杭州住房公积金管理中心", "Hangzhou Housing Provident Fund Centre"),
            client_uri="http://localhost:8002/",
        )

    @property
    def county(self) -> Thing:
        """A site without a public page."""
        return Thing(
            id="county-registry",
            name=self.say("西湖区不动产登记", "Xihu property registration"),
            organization=self.say(
                "杭州市规划和自然资源局西湖分局", "Xihu Branch, Hangzhou Planning and Natural Resources"
            ),
            client_uri=None,
        )

    @property
    def here(self) -> Thing:
        """The session of this browser."""
        return Thing(
            id="0195-1",
            device="Chrome · Windows",
            kind="desktop",
            place="203.0.113.7",
            signed_in_at=MORNING,
            last_seen_at=NOON,
            current=True,
            methods=["pwd", "otp", "mfa"],
            sites=[self.province.name, self.city.name],
        )

    @property
    def elsewhere(self) -> Thing:
        """A session on another device."""
        return Thing(
            id="0195-2",
            device="Safari · iPhone",
            kind="phone",
            place=None,
            signed_in_at=MORNING,
            last_seen_at=MORNING,
            current=False,
            methods=["pwd"],
            sites=[],
        )
