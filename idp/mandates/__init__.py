"""Mandates 授权: the right of one account to act for another, from its beginning to each of its endings.

Owns the rows, who may give what to whom, the pure decision (`decision`), the limits (`rules`, from
config/mandates.toml) and assisted sessions of agency clerks. Does not own who somebody is or how well that is known
(`idp.proofing`), the page on which a person chooses whom to act for (`idp.pages`), or tokens.
A session is always the person's own. What a mandate gives is an answer to a site, so nothing that belongs to an
account itself (proofing, authenticators, phone, consent to a face) can ever be reached through one.
One more role: its table in config/mandates.toml and its name in `rules.ROLES`.
"""
