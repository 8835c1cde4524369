"""The gateway 网关: Tongxing for systems that cannot speak OpenID Connect.

Two ways in, both behind one login: forward authentication for nginx (``forward_auth``: `auth_request`, a level per
path, signed identity headers) and a ticket adapter (``cas``: the CAS protocol 3.0, for listed services only).

One process serves one site; ``gateway.example.toml`` is its settings, README.md how to put it in front of something.
"""
