"""The one thing that stands for nothing, where None already means something."""

from __future__ import annotations

from enum import Enum


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


#: Not given, or not there. JSON's null is None, and `if_version=None` means "must not exist"; this means neither.
ABSENT = Absent.ABSENT
