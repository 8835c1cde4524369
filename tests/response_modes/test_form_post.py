from idp.response_modes import form_post
from idp.response_modes.reply import Reply


def test_the_answer_is_a_form_for_the_redirect_uri() -> None:
    """OAuth 2.0 Form Post Response Mode §2."""
    reply = form_post.reply("https://a.example/cb", {"code": "1", "state": "<2>"})
    assert reply == Reply(action="https://a.example/cb", params=(("code", "1"), ("state", "<2>")))
