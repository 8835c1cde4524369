"""What others must hear: written in the transaction of the change, delivered by the worker at least once.

Owns the rows (`message`), taking them up and trying again (`delivery`), the worker that does so (`worker`)
and its timetable of other background work (`job`). Does not know what a message means: background.py
gives a handler for each kind. One more kind: a module with KIND and ``deliver(message)`` in its own room, named
in `background.HANDLERS`.
"""
