"""The sites by name, so that each can link to the others."""

from dataclasses import dataclass

from clients.sites.language import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A site as the others show it."""

    key: str
    port: int
    level: Text
    name: Text


SITES: tuple[Entry, ...] = (
    Entry("province", 8001, Text("省级", "Province"), Text("社会保险参保记录", "Social insurance records")),
    Entry("city", 8002, Text("市级", "City"), Text("住房公积金", "Housing fund")),
    Entry("county", 8003, Text("县区级", "County"), Text("不动产登记", "Property registration")),
    Entry(
        "housing", 8004, Text("市级 · 住建", "City · Housing"), Text("公共租赁住房", "Public rental housing")
    ),
)
