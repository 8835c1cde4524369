"""Plain words for what the provider says: ways of authentication, levels, claims."""

from clients.sites.language import Text

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
