"""Doors for people: one file per screen, each with its ``blueprint``.

Each page does one thing and returns to the authorization endpoint (or to /account); pages never link to pages of a
journey. Forms are plain posts with a CSRF token; texts are English msgids with Chinese translations.
One more page: a module with `blueprint`, a template, its Chinese texts, added to ALL.
"""

from types import ModuleType

from idp.pages import choose_account, consent, login, logout, second_factor

ALL: tuple[ModuleType, ...] = (login, second_factor, choose_account, consent, logout)
