"""Tokens: what they contain, how they are issued, taken, rotated and revoked.

One file per kind. Owns grants (what a relying party was allowed, from code to last refresh). Knows neither HTTP
nor Authlib. One more kind of token: a file like its siblings with the verbs issue, take, rotate, revoke it needs.
"""
