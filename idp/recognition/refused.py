"""Why a login at another province's provider did not end here: one word for the person, a detail for the record."""

from enum import StrEnum


class Why(StrEnum):
    """What a person can be told; `idp.pages.province_login` has the sentences."""

    AWAY = "away"  # the other provider, or who vouches for it, cannot be reached
    WRONG = "wrong"  # what it answered is not what it should
    DENIED = "denied"  # the person did not want to go on, there
    LEVEL = "level"  # it cannot reach the level that is asked for
    EXPIRED = "expired"  # it took too long, or was answered already, or in another browser
    UNKNOWN = "unknown"  # that provider is not recognised (any more)
    POLICY = "policy"  # the level policy in force knows no recognition


class Refused(Exception):
    """The login ends here. ``detail`` names the rule that was broken: for logs and the record, never for the person."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail
