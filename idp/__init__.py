"""Tongxing 通行: an OpenID Provider, a home for accounts and a federation authority in one program."""
