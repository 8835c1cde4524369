"""Telling a person something outside the browser: today by SMS, through the gateway that a deployer names.

Owns the texts, in both languages, and the interface to the gateway (docs/sms-gateway.md). Does not decide who
is told what, and keeps nothing. One more text: an entry in `sms_texts.TEXTS`. One more way: a module beside `sms`.
"""
