"""Grant types at the token endpoint (RFC 6749 §4, §6): Authlib's grants, filled in. One file per type.

Each checks the request with Authlib, issues with `idp.tokens`, and commits before it answers.
One more grant: a module with GRANT (the class) whose GRANT_TYPE is its file name, added to ALL.
"""

from types import ModuleType

from idp.grants import authorization_code, client_credentials, refresh_token

ALL: tuple[ModuleType, ...] = (authorization_code, refresh_token, client_credentials)
GRANT_TYPES = tuple(str(module.GRANT.GRANT_TYPE) for module in ALL)
