"""The texts of messages, in both languages. Their names are part of the gateway's interface (docs/sms-gateway.md).

Some carriers want registered templates, not texts. One more text: an entry here and a line in the interface's table.
"""

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
    "notice_recovery_waiting": {
        "zh_Hans": "【通行】{when}，有人申请找回您的账号，将于 {ready} 后完成。如非本人操作，请立即打开 {link} 阻止。",
        "en": "[Tongxing] On {when} somebody began to recover your account; it can be done after {ready}. Was it not you?"
        " Stop it: {link}",
    },
    "notice_recovery_counter": {
        "zh_Hans": "【通行】{when}，有人申请在政务服务窗口找回您的账号。如非本人操作，请立即打开 {link} 阻止。",
        "en": "[Tongxing] On {when} somebody asked to recover your account at a service counter. Was it not you?"
        " Stop it: {link}",
    },
    "notice_recovery_stopped": {
        "zh_Hans": "【通行】{when}，对您账号的找回申请已被阻止，账号没有任何变化。",
        "en": "[Tongxing] On {when} the recovery of your account was stopped. Nothing about your account has changed.",
    },
    "notice_recovery_completed": {
        "zh_Hans": "【通行】{when}，您的账号已找回并设置了新密码，所有设备均已退出登录。如非本人操作，请立即到政务服务窗口求助。",
        "en": "[Tongxing] On {when} your account was recovered with a new password, and every device was logged out."
        " If it was not you, ask at a service counter at once.",
    },
    "notice_post_offered": {
        "zh_Hans": "【通行】{when}，您获任命一个政务岗位。请用本人账号登录通行，在工作台“接任岗位”页设置公务账号的密码。",
        "en": "[Tongxing] On {when} you were appointed to a post. Log in with your own account and take it up in the"
        " console, where you set the password of the official account.",
    },
    "notice_passkey_added": {
        "zh_Hans": "【通行】{when}，您的账号添加了一个通行密钥。如非本人操作，请立即登录并将其删除，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} a passkey was added to your account. If it was not you, log in and remove it at once,"
        " or ask at a service counter.",
    },
    "notice_passkey_removed": {
        "zh_Hans": "【通行】{when}，您的账号删除了一个通行密钥。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} a passkey was removed from your account. If it was not you, log in and look at once,"
        " or ask at a service counter.",
    },
    "notice_passkey_renamed": {
        "zh_Hans": "【通行】{when}，您账号的一个通行密钥改了名称。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} a passkey of your account was given another name. If it was not you, log in and look"
        " at once, or ask at a service counter.",
    },
    "notice_passkey_suspended": {
        "zh_Hans": "【通行】{when}，您的一个通行密钥疑似被复制，已停用。请用其他方式登录，删除它并重新添加。",
        "en": "[Tongxing] On {when} we stopped one of your passkeys: it seems to have been copied. Log in in another way,"
        " remove it and add a new one.",
    },
    "notice_certificate_added": {
        "zh_Hans": "【通行】{when}，您的账号绑定了一张数字证书。如非本人操作，请立即登录并解除绑定，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} a certificate was tied to your account. If it was not you, log in and remove it at"
        " once, or ask at a service counter.",
    },
    "notice_certificate_removed": {
        "zh_Hans": "【通行】{when}，您的账号解除了一张数字证书的绑定。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} a certificate was removed from your account. If it was not you, log in and look at"
        " once, or ask at a service counter.",
    },
    "notice_certificate_renamed": {
        "zh_Hans": "【通行】{when}，您账号的一张数字证书改了名称。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} a certificate of your account was given another name. If it was not you, log in and"
        " look at once, or ask at a service counter.",
    },
    "notice_certificate_distrusted": {
        "zh_Hans": "【通行】{when}，您绑定的一张数字证书已被吊销，不能再用于登录。请用其他方式登录，或到政务服务窗口换领。",
        "en": "[Tongxing] On {when} one of your certificates was found revoked and opens nothing any more. Log in in"
        " another way, or get a new one at a service counter.",
    },
    "notice_totp_added": {
        "zh_Hans": "【通行】{when}，您的账号开启了验证器动态码登录。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} logging in with a code from an app was switched on. If it was not you, log in and look"
        " at once, or ask at a service counter.",
    },
    "notice_totp_removed": {
        "zh_Hans": "【通行】{when}，您的账号关闭了验证器动态码登录。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} logging in with a code from an app was switched off. If it was not you, log in and"
        " look at once, or ask at a service counter.",
    },
    "notice_recovery_codes_created": {
        "zh_Hans": "【通行】{when}，您的账号生成了新的恢复码，旧的已失效。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} new recovery codes were made, the old ones no longer work. If it was not you, log in"
        " and look at once, or ask at a service counter.",
    },
    "notice_password_changed": {
        "zh_Hans": "【通行】{when}，您的账号密码已修改。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} your password was changed. If it was not you, log in and look at once, or ask at a"
        " service counter.",
    },
    "notice_password_removed": {
        "zh_Hans": "【通行】{when}，您的账号删除了密码，今后用通行密钥或证书登录。如非本人操作，请立即到政务服务窗口求助。",
        "en": "[Tongxing] On {when} the password of your account was removed; you log in with a passkey or certificate"
        " from now on. If it was not you, ask at a service counter at once.",
    },
    "notice_account_closed": {
        "zh_Hans": "【通行】{when}，您的账号已注销，或已并入您的另一个账号。如非本人操作，请立即到政务服务窗口求助。",
        "en": "[Tongxing] On {when} your account was closed or merged into another one of yours. If it was not you, ask"
        " at a service counter at once.",
    },
    "notice_account_merged": {
        "zh_Hans": "【通行】{when}，您的另一个账号已并入本账号。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} another account of yours was merged into this one. If it was not you, log in and"
        " look at once, or ask at a service counter.",
    },
    "notice_identity_lost": {
        "zh_Hans": "【通行】{when}，有人以更高级别的方式证明了您账号上的身份，该身份已归其账号，您的账号不再实名。如您才是本人，请持证件到政务服务窗口办理。",
        "en": "[Tongxing] On {when} somebody proved the name on your account in a better way, with an account of their"
        " own; yours has no proven name now. If it is your name, go to a service counter with your card.",
    },
    "assisted_code": {
        "zh_Hans": "【通行】{organization}{clerk}正当面为您办理“{item}”，验证码 {code}，{minutes} 分钟内有效。本人在场并同意才告诉对方。",
        "en": "[Tongxing] {clerk} ({organization}) wants to do “{item}” for you. Code {code}, {minutes} minutes."
        " Say it only if you agree.",
    },
    "notice_assisted_receipt": {
        "zh_Hans": "【通行】{when}，{organization}{clerk}为您代办了“{item}”，已结束。如非本人在场，请到政务服务窗口求助。",
        "en": "[Tongxing] {when}: {clerk} ({organization}) did “{item}” for you; it is finished. Were you not there? Ask"
        " at a counter.",
    },
    "notice_mandate_offered": {
        "zh_Hans": "【通行】{when}，有一项授权等待您确认。请登录通行，在“授权”中查看并确认或拒绝。",
        "en": "[Tongxing] On {when} somebody asked for your yes to a mandate. Log in and look under Mandates.",
    },
    "notice_mandate_confirmed": {
        "zh_Hans": "【通行】{when}，对方已确认您发出的授权，现已生效。可登录通行随时查看或撤销。",
        "en": "[Tongxing] On {when} a mandate you asked for was confirmed and holds now. Log in to see or end it.",
    },
    "notice_mandate_ends_soon": {
        "zh_Hans": "【通行】{when}，您有一项授权即将到期。如仍需要，请登录通行重新授权。",
        "en": "[Tongxing] On {when}: one of your mandates ends soon. If it is still needed, log in and give it"
        " anew.",
    },
    "notice_last_administrator_left": {
        "zh_Hans": "【通行】{when}，您企业的最后一名管理员已离任，管理事务由您（法定代表人）负责。请登录通行查看。",
        "en": "[Tongxing] On {when} the last administrator of your enterprise left. You, its legal"
        " representative, answer for it now.",
    },
    "notice_guardian_established": {
        "zh_Hans": "【通行】{when}，您的监护人已按登记的亲属关系获准代您办事。请登录通行查看。如有疑问，请到政务服务窗口咨询。",
        "en": "[Tongxing] On {when} your guardian was entered to act for you, as the kinship register says. Log"
        " in to see it.",
    },
    "notice_guardian_birthday": {
        "zh_Hans": "【通行】{when}，被监护人已满 {age} 周岁，监护人可代办的范围已按法律调整。请登录通行查看。",
        "en": "[Tongxing] On {when} a child reached {age}: what the guardian may do has changed by law. Log in"
        " to see it.",
    },
    "notice_guardian_of_age": {
        "zh_Hans": "【通行】{when}，被监护人已满 18 周岁，监护人代办授权已结束。",
        "en": "[Tongxing] On {when} a child came of age: the guardian's mandate has ended.",
    },
}
