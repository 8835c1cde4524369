"""Plain words for what the provider says: ways of authentication, levels, claims, events."""

from typing import NamedTuple

from clients.sites.language import Text
from tongxing_client import event_types

# RFC 8176 and the provider's own.
AMR: dict[str, Text] = {
    "pwd": Text("密码", "password"),
    "otp": Text("动态验证码", "one-time code"),
    "sms": Text("短信验证码", "text message code"),
    "hwk": Text("硬件密钥", "hardware key"),
    "swk": Text("软件密钥", "software key"),
    "pop": Text("通行密钥", "passkey"),
    "user": Text("本人在场", "person present"),
    "pin": Text("PIN 码", "PIN"),
    "face": Text("人脸", "face"),
    "fpt": Text("指纹", "fingerprint"),
    "sc": Text("智能卡", "smart card"),
    "qr": Text("扫码登录", "QR code"),
    "recognised": Text("外省登录", "login in another province"),
    "recovery_code": Text("恢复码", "recovery code"),
}
LEVELS: tuple[Text, ...] = (
    Text("L0 未实名", "L0 not verified"),
    Text("L1 初级", "L1 basic"),
    Text("L2 中级", "L2 medium"),
    Text("L3 高级", "L3 high"),
    Text("L4 现场/证书", "L4 in person / certificate"),
)
MULTI_FACTOR = Text("两种要素", "two factors")
NO_LEVEL = Text("等级未给出", "No level given yet")
CLAIMS: dict[str, Text] = {
    "name": Text("姓名", "name"),
    "real_name": Text("实名姓名", "verified name"),
    "preferred_username": Text("用户名", "user name"),
    "gender": Text("性别", "gender"),
    "birthdate": Text("出生日期", "date of birth"),
    "phone_number": Text("手机号码", "phone number"),
    "phone_number_verified": Text("手机号码已验证", "phone number verified"),
    "locale": Text("语言", "language"),
    "zoneinfo": Text("时区", "time zone"),
    "updated_at": Text("资料更新时间", "profile updated"),
    "act": Text("由谁代办", "who is acting"),
    "real_name_verified": Text("姓名已实名核验", "name was proven"),
    "sub": Text("您在本站的编号（在其他网站不同）", "your number at this site (another one elsewhere)"),
    "acr": Text("等级", "level"),
    "ial": Text("实名等级", "proofing level"),
    "aal": Text("认证强度", "authenticator level"),
    "fal": Text("联合等级", "federation level"),
    "amr": Text("认证方式", "how you authenticated"),
    "auth_time": Text("认证时间", "authenticated at"),
    "iss": Text("由谁签发", "issued by"),
    "aud": Text("签发给谁", "issued to"),
    "azp": Text("由谁申请", "asked for by"),
    "iat": Text("签发时间", "issued at"),
    "exp": Text("凭证有效至", "valid until"),
    "sid": Text("会话编号", "session number"),
    "nonce": Text("本次登录的随机数", "random number of this login"),
    "at_hash": Text("访问令牌的摘要", "digest of the access token"),
}
TIMES = frozenset({"exp", "iat", "auth_time", "updated_at", "nbf"})


class Told(NamedTuple):
    """What an event says, and what the site has done about it."""

    what: Text
    done: Text


_LOGGED_OUT = Text("已在本站退出登录", "You were logged out here")
_ASKED_AGAIN = Text("下次打开页面时重新确认", "Confirmed again at the next page")
EVENTS: dict[str, Told] = {
    event_types.SESSION_REVOKED: Told(Text("登录已结束", "A login was ended"), _LOGGED_OUT),
    event_types.ACCOUNT_DISABLED: Told(Text("账号已停用", "The account was disabled"), _LOGGED_OUT),
    event_types.ACCOUNT_PURGED: Told(
        Text("账号已注销", "The account was closed"),
        Text("您允许本站保存的信息已删除", "What you let this site keep was deleted"),
    ),
    event_types.ASSURANCE_LEVEL_CHANGE: Told(Text("认证等级有变化", "The level has changed"), _ASKED_AGAIN),
    event_types.CREDENTIAL_CHANGE: Told(
        Text("登录方式有变化", "A way of signing in has changed"), Text("已记录", "Noted")
    ),
    event_types.IDENTIFIER_CHANGED: Told(
        Text("手机号码有变化", "The phone number has changed"), _ASKED_AGAIN
    ),
    event_types.CONSENT_WITHDRAWN: Told(
        Text("您撤回了同意", "You took your consent back"),
        Text("相关信息已从本站删除", "That information was deleted here"),
    ),
    event_types.DELETION_REQUESTED: Told(
        Text("您要求删除信息", "You asked to have your data deleted"),
        Text("已处理并答复", "Done, and answered"),
    ),
}
# Why somebody finds themselves logged out (tongxing_client.shared_signals.FAREWELLS).
FAREWELLS: dict[str, Text] = {
    "session_revoked": Text(
        "您在通行的登录已结束，本站也已退出。",
        "Your login at Tongxing 通行 has ended, so you are logged out here too.",
    ),
    "account_disabled": Text(
        "您的通行账号已停用，本站已退出登录。",
        "Your Tongxing 通行 account is disabled, so you are logged out here.",
    ),
    "consent_withdrawn": Text(
        "您在通行撤回了对本站的同意。本站已退出登录，并删除了您撤回的信息。需要时可以随时重新登录。",
        "You took back your consent for this site. You are logged out, and what you took back is deleted here. "
        "You can log in again whenever you like.",
    ),
    "deletion_requested": Text(
        "您要求本站删除您的信息。本站已处理并答复，结果可在通行查看。",
        "You asked this site to delete your data. It is done and answered; see Tongxing 通行 for the result.",
    ),
}
