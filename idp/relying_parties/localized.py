"""A text that a relying party gives in several languages (RFC 7591 §2.2: ``client_name#zh-Hans``)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Localized:
    """One text for each language tag, and the one to show where no tag fits."""

    default: str = ""
    tagged: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default)

    def text(self, locale: str) -> str:
        """Return the text for *locale* ("zh_Hans", "en"): the same tag, the same language, or the default."""
        wanted = locale.replace("_", "-").lower()
        language = wanted.split("-", 1)[0]
        fallback = self.default
        for tag, text in self.tagged:
            if tag.lower() == wanted:
                return text
            if fallback is self.default and tag.lower().split("-", 1)[0] == language:
                fallback = text
        return fallback


UNSAID = Localized()


def localized(default: str, tagged: dict[str, str]) -> Localized:
    """Build a text; without an untagged one the Chinese stands for it, then the English, then any."""
    value = Localized(default, tuple(sorted(tagged.items())))
    if default or not tagged:
        return value
    chosen = value.text("zh_Hans") or value.text("en") or value.tagged[0][1]
    return Localized(chosen, value.tagged)
