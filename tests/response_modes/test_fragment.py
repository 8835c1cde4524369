from idp.response_modes import fragment
from idp.response_modes.reply import Reply


def test_the_answer_stands_behind_the_hash() -> None:
    """OAuth 2.0 Multiple Response Types §2.1."""
    reply = fragment.reply("https://a.example/cb?x=1", {"code": "a b", "state": "é#&"})
    assert reply == Reply(location="https://a.example/cb?x=1#code=a+b&state=%C3%A9%23%26")
