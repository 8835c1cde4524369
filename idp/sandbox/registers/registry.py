"""Everybody and everything the registers hold, as it is now: found by number, phone or card, changed by switches."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from idp.identifiers import typed
from idp.sandbox.registers import made_up
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.presentations import Presentations
from idp.sandbox.registers.records import Citizen, Enterprise

Record = TypeVar("Record", Citizen, Enterprise)


class Registry:
    """The records. Changes are kept in the folder and survive a restart."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.presentations = Presentations(folder)
        self._lock = threading.Lock()
        citizens, enterprises = made_up.make(folder.year)
        self._made: dict[str, Citizen | Enterprise] = {one.number: one for one in citizens}
        self._made |= {one.uscc: one for one in enterprises}
        self._changes = {
            number: facts for number, facts in folder.read_changes().items() if number in self._made
        }
        self._citizens = {one.number: self._changed(one.number, one) for one in citizens}
        self._enterprises = {one.uscc: self._changed(one.uscc, one) for one in enterprises}

    def citizens(self) -> list[Citizen]:
        """Return everybody, the sandbox's own people first."""
        return list(self._citizens.values())

    def enterprises(self) -> list[Enterprise]:
        """Return every enterprise, the sandbox's own first."""
        return list(self._enterprises.values())

    def find_citizen(self, number: str) -> Citizen | None:
        """Return whose number this is."""
        return self._citizens.get(typed.normalized(number))

    def find_enterprise(self, uscc: str) -> Enterprise | None:
        """Return whose code this is."""
        return self._enterprises.get(typed.normalized(uscc))

    def find_by_phone(self, phone: str) -> Citizen | None:
        """Return whose phone this is, with or without the country's prefix."""
        bare = typed.normalized(phone).removeprefix("+86")
        return self._first(lambda one: bool(bare) and one.phone == bare)

    def find_by_bank_card(self, number: str) -> Citizen | None:
        """Return whose card this is."""
        bare = typed.normalized(number)
        return self._first(lambda one: bool(bare) and one.bank_card == bare)

    def find_by_pseudonym(self, pseudonym: str) -> Citizen | None:
        """Return whose network identity goes by this name."""
        return self._first(lambda one: self.presentations.pseudonym(one) == pseudonym)

    def change(self, number: str, **facts: Any) -> Citizen | Enterprise:
        """Change a record; KeyError when there is none of that number."""
        with self._lock:
            self._changes.setdefault(number, {}).update(facts)
            return self._apply(number)

    def restore(self, number: str) -> Citizen | Enterprise:
        """Take back every change; KeyError when there is none of that number."""
        with self._lock:
            self._changes.pop(number, None)
            return self._apply(number)

    def _apply(self, number: str) -> Citizen | Enterprise:
        made = self._made[number]
        self._folder.write_changes(self._changes)
        if isinstance(made, Citizen):
            citizen = self._citizens[number] = self._changed(number, made)
            return citizen
        enterprise = self._enterprises[number] = self._changed(number, made)
        return enterprise

    def _changed(self, number: str, made: Record) -> Record:
        return replace(made, **self._changes.get(number, {}))

    def _first(self, is_wanted: Callable[[Citizen], bool]) -> Citizen | None:
        return next((one for one in list(self._citizens.values()) if is_wanted(one)), None)
