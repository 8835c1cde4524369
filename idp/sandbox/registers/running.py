"""What one running service of registers has; `app` sets it, the routes read it."""

from dataclasses import dataclass

from idp.per_app import PerApp
from idp.sandbox.registers.answered import Answered
from idp.sandbox.registers.faults import Faults
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.notices import Notices
from idp.sandbox.registers.registry import Registry


@dataclass(frozen=True)
class Running:
    """The records, the keys, what is wrong, who is told, and what was answered."""

    folder: Folder
    registry: Registry
    faults: Faults
    notices: Notices
    answered: Answered


RUNNING: PerApp[Running] = PerApp("sandbox_registers")
