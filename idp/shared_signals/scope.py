"""The scopes of receivers (CAEP Interoperability Profile 1.0 §2.7.3): for relying parties, not for people."""

READ = "ssf.read"
MANAGE = "ssf.manage"
READERS = frozenset({READ, MANAGE})
MANAGERS = frozenset({MANAGE})
