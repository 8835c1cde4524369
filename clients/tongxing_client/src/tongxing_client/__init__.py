"""Tongxing 通行 for relying parties: log people in with OpenID Connect, every check done.

Start at ``relying_party.RelyingParty`` (any framework) or ``flask.TongxingFlask`` (Flask). Each file is
named after what its specification calls the thing: ``discovery``, ``authorization_request``, ``callback``,
``id_token``, ``token``, ``userinfo``, ``step_up``, ``end_session``, ``backchannel_logout``,
``frontchannel_logout``, ``security_event_token``, ``event_stream``. What is told by events goes through
``shared_signals``.

The kit does not keep accounts, decide who may do what, or talk to any database: a deployer gives it a
``session_store.SessionStore`` when one process is not enough.
"""
