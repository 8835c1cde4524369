"""The messages that tell a person what happened with their account; part of `sms_texts.TEXTS`.

One more: an entry here, a line in docs/sms-gateway.md, its kind in `idp.accounts.notice_kind`, its line in
`idp.pages.notice_wording`.
"""

TEXTS: dict[str, dict[str, str]] = {
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
    "notice_recognised_login": {
        "zh_Hans": "【通行】{when}，您的账号首次通过「{who}」的统一身份认证登录。如非本人操作，请立即修改密码，并联系「{who}」。",
        "en": "[Tongxing] On {when} your account was entered for the first time through a login at {who}."
        " If it was not you, change your password at once and tell {who}.",
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
    "notice_new_device": {
        "zh_Hans": "【通行】{when}，您的账号在新设备（{device}）登录。如非本人操作，请立即打开通行“我的账号—消息”，选择“不是我”。",
        "en": "[Tongxing] On {when} your account was opened on a new device ({device}). If it was not you, log"
        " in, open the inbox and choose “This was not me”.",
    },
    "notice_phone_changed": {
        "zh_Hans": "【通行】{when}，您账号的手机号已换成另一个号码。如非本人操作，请在 {days} 天内打开 {link} 恢复原号码。",
        "en": "[Tongxing] On {when} your account got another phone number. Was it not you? Take it back within"
        " {days} days: {link}",
    },
    "notice_phone_restored": {
        "zh_Hans": "【通行】{when}，您账号的手机号更换已被撤回，所有设备均已退出登录。请修改密码。",
        "en": "[Tongxing] On {when} the change of your phone number was taken back and every device was logged"
        " out. Change your password.",
    },
    "notice_not_me": {
        "zh_Hans": "【通行】{when}，按您的要求，其他设备已全部退出登录，各服务站点的授权已收回。如非本人操作，请到政务服务窗口求助。",
        "en": "[Tongxing] On {when}, as you asked, all other devices were logged out and sites lost their"
        " access. If it was not you, ask at a service counter.",
    },
    "notice_export_made": {
        "zh_Hans": "【通行】{when}，有人打开或下载了您账号的全部资料。如非本人操作，请立即登录查看，或到政务服务窗口求助。",
        "en": "[Tongxing] On {when} everything about your account was opened or downloaded. If it was not"
        " you, log in and look at once, or ask at a service counter.",
    },
    "notice_fewer_messages": {
        "zh_Hans": "【通行】{when}，您账号的部分短信通知已在“设置”中关闭。如非本人操作，请立即登录，在“消息”中选择“不是我”。",
        "en": "[Tongxing] On {when} some messages to your phone were switched off in the settings. If it was"
        " not you, log in, open the inbox and choose “This was not me”.",
    },
    "notice_closing_asked": {
        "zh_Hans": "【通行】{when}，您申请注销账号，将于 {day} 注销。在此之前登录即可取消。如非本人操作，请立即登录取消。",
        "en": "[Tongxing] On {when} you asked to close your account. It closes on {day}. Until then, log in to"
        " keep it. If it was not you, do so at once.",
    },
    "notice_closing_soon": {
        "zh_Hans": "【通行】您的账号将于 {day} 注销，届时无法恢复。如要保留，请登录通行取消注销。（{when}）",
        "en": "[Tongxing] {when}: your account closes on {day} and cannot be brought back. To keep it, log in"
        " and cancel.",
    },
    "notice_closing_cancelled": {
        "zh_Hans": "【通行】{when}，您的账号注销申请已取消，账号照常使用。",
        "en": "[Tongxing] On {when} the closing of your account was cancelled. Nothing has changed.",
    },
    "notice_level_raised": {
        "zh_Hans": "【通行】{when}，您的账号实名等级已升为 P{level}。如非本人操作，请立即登录查看。",
        "en": "[Tongxing] On {when} the proof of your name rose to P{level}. If it was not you, log in and"
        " look at once.",
    },
    "notice_level_lowered": {
        "zh_Hans": "【通行】{when}，您的账号实名等级已降为 P{level}，部分服务可能暂时无法使用。请登录通行，在“实名认证”中查看。",
        "en": "[Tongxing] On {when} the proof of your name fell to P{level}; some services may not open. Log"
        " in and look under Proof of name.",
    },
    "notice_mandate_ended": {
        "zh_Hans": "【通行】{when}，您的一项代办授权已结束。请登录通行，在“授权”中查看。",
        "en": "[Tongxing] On {when} one of your mandates ended. Log in and look under Mandates.",
    },
    "notice_consent_given_for_you": {
        "zh_Hans": "【通行】{when}，{who}代您同意“{site}”使用您的信息。请登录通行，在“已授权的服务”中查看或撤回。",
        "en": "[Tongxing] On {when} {who} agreed for you that {site} gets data about you. Log in to see it or"
        " take it back.",
    },
    "notice_consent_withdrawn": {
        "zh_Hans": "【通行】{when}，您对“{site}”的同意已撤回，该站点不能再读取您的信息。如非本人操作，请登录查看。",
        "en": "[Tongxing] On {when} your consent for {site} was taken back: it can read your data no more. If"
        " it was not you, log in and look.",
    },
    "notice_consent_expired": {
        "zh_Hans": "【通行】{when}，您对“{site}”的同意已到期。再次使用时会重新征求您的同意。",
        "en": "[Tongxing] On {when} your consent for {site} ended by time. You are asked again when you use it"
        " next.",
    },
    "notice_account_linked": {
        "zh_Hans": "【通行】{when}，您在“{site}”的原有账号已与通行账号关联。如非本人操作，请立即登录通行解除关联。",
        "en": "[Tongxing] On {when} your older account at {site} was linked. Was it not you? Log in and unlink it at once.",
    },
    "notice_account_unlinked": {
        "zh_Hans": "【通行】{when}，您在“{site}”的原有账号已解除关联。如非本人操作，请登录通行查看。",
        "en": "[Tongxing] On {when} your older account at {site} was unlinked. If it was not you, log in and look.",
    },
    "notice_looked_up": {
        "zh_Hans": "【通行】{when}，{organization}的工作人员查看了您的账号，理由已记录。请登录通行，在“消息”中查看。",
        "en": "[Tongxing] On {when} a member of {organization} looked at your account and gave a reason. Log"
        " in and read it in your inbox.",
    },
    "notice_statutory_release": {
        "zh_Hans": "【通行】{when}，依照法定职责，“{site}”获得了您的信息。请登录通行，查看内容和依据。",
        "en": "[Tongxing] On {when} {site} was given data about you by a duty of law. Log in to see what, and"
        " by which duty.",
    },
    "notice_policy_changed": {
        "zh_Hans": "【通行】{when}，“{site}”更新了个人信息处理规则。您无需操作，可登录通行查看。",
        "en": "[Tongxing] On {when} {site} changed its privacy notice. You need not do anything; log in to"
        " read it.",
    },
    "notice_deletion_answered": {
        "zh_Hans": "【通行】{when}，“{site}”答复了您的删除请求。请登录通行查看。",
        "en": "[Tongxing] On {when} {site} answered your request to delete your data. Log in to read it.",
    },
    "notice_deletion_overdue": {
        "zh_Hans": "【通行】{when}，“{site}”仍未答复您的删除请求，我们已催办。请登录通行查看。",
        "en": "[Tongxing] On {when} {site} had still not answered your request to delete your data; we"
        " reminded it. Log in to look.",
    },
}
