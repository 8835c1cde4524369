"""Doors for people: one file per screen, each with its ``blueprint``.

Each page does one thing and returns to the authorization endpoint (or to /account); pages never link to pages of a
journey. Forms are plain posts with a CSRF token; texts are English msgids with Chinese translations.
One more page: a module with `blueprint`, a template, its Chinese texts, added to ALL.
"""

from types import ModuleType

from idp.pages import (
    account,
    account_sessions,
    change_password,
    choose_account,
    choose_identity,
    consent,
    home,
    language,
    login,
    login_passkey,
    login_qr,
    login_sms,
    login_sms_code,
    logout,
    qr_approval,
    raise_level,
    reauthenticate,
    recovery_codes,
    second_factor,
    second_factor_passkey,
    second_factor_sms,
    sign_in_methods,
    sign_up,
    sign_up_code,
    sign_up_password,
    step_up,
    totp,
)

ALL: tuple[ModuleType, ...] = (
    home,
    language,
    login,
    login_passkey,
    login_qr,
    qr_approval,
    login_sms,
    login_sms_code,
    second_factor,
    second_factor_passkey,
    second_factor_sms,
    choose_account,
    raise_level,
    step_up,
    choose_identity,
    consent,
    logout,
    sign_up,
    sign_up_code,
    sign_up_password,
    account,
    account_sessions,
    sign_in_methods,
    change_password,
    totp,
    recovery_codes,
    reauthenticate,
)
