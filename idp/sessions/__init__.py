"""Single sign-on sessions: who is logged in with which browser, where they went from here, and telling those sites.

Owns the session's life and its list of participants. Does not own cookies (`idp.browser`) or what a login
needs (`idp.authenticators`, `idp.journey`).
"""
