"""The texts of messages, in both languages. Their names are part of the gateway's interface (docs/sms-gateway.md).

Some carriers want registered templates, not texts. One more text: an entry here (of a notice: in `notice_texts`) and
a line in the interface's table.
"""

from idp.notify import notice_texts

TEXTS: dict[str, dict[str, str]] = {
    "sign_up_code": {
        "zh_Hans": "【通行】您的验证码是 {code}，{minutes} 分钟内有效。请勿告诉任何人。如非本人操作，请忽略本短信。",
        "en": "[Tongxing] Your code is {code}, valid for {minutes} minutes. Tell it to nobody."
        " If you did not ask for it, ignore this message.",
    },
    "sign_up_known": {
        "zh_Hans": "【通行】有人用您的手机号注册通行账号，但您已有账号，请直接登录。如非本人操作，请忽略本短信。",
        "en": "[Tongxing] Somebody used your number to sign up, but you have an account: just log in."
        " If it was not you, ignore this message.",
    },
    "new_phone_code": {
        "zh_Hans": "【通行】您正在把通行账号的手机号更换为此号码，验证码是 {code}，{minutes} 分钟内有效。请勿告诉任何人。如非本人操作，请忽略。",
        "en": "[Tongxing] Your code to use this number with your account is {code}, valid for {minutes} minutes."
        " Tell it to nobody. If you did not ask for it, ignore this message.",
    },
    "new_phone_known": {
        "zh_Hans": "【通行】有人想把通行账号的手机号更换为此号码，但此号码已有账号，未作更改。如非本人操作，请忽略本短信。",
        "en": "[Tongxing] Somebody wanted to use this number with an account, but it belongs to one already. Nothing was"
        " changed. If it was not you, ignore this message.",
    },
    "login_code": {
        "zh_Hans": "【通行】您的登录验证码是 {code}，{minutes} 分钟内有效。请勿告诉任何人，工作人员也不会索要。",
        "en": "[Tongxing] Your code to log in is {code}, valid for {minutes} minutes. Tell it to nobody: our staff never"
        " ask for it.",
    },
    "login_unknown": {
        "zh_Hans": "【通行】有人用您的手机号请求短信登录，但此号码没有可用短信登录的账号。如非本人操作，请忽略本短信。",
        "en": "[Tongxing] Somebody asked to log in with your number, but no account can log in by message with it."
        " If it was not you, ignore this message.",
    },
    "recovery_code": {
        "zh_Hans": "【通行】您正在找回账号，验证码是 {code}，{minutes} 分钟内有效。请勿告诉任何人。如非本人操作，请忽略本短信。",
        "en": "[Tongxing] Your code to recover an account is {code}, valid for {minutes} minutes. Tell it to nobody."
        " If you did not ask for it, ignore this message.",
    },
    "proofing_code": {
        "zh_Hans": "【通行】您正在用此手机号实名认证，验证码是 {code}，{minutes} 分钟内有效。请勿告诉任何人。如非本人操作，请忽略。",
        "en": "[Tongxing] Your code to prove your name with this number is {code}, valid for {minutes} minutes."
        " Tell it to nobody. If you did not ask for it, ignore this message.",
    },
    "assisted_code": {
        "zh_Hans": "【通行】{organization}{clerk}正当面为您办理“{item}”，验证码 {code}，{minutes} 分钟内有效。本人在场并同意才告诉对方。",
        "en": "[Tongxing] {clerk} ({organization}) wants to do “{item}” for you. Code {code}, {minutes} minutes."
        " Say it only if you agree.",
    },
    **notice_texts.TEXTS,
}
