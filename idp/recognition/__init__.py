"""Mutual recognition 跨省互认: a person of another province logs in here through that province's own provider.

The anchor's signed table (`table`) says which provider stands for which province, what its levels are worth, and gives
each province the key of the identity HMAC, sealed for it alone. This deployment is a relying party of the others
(`request`, `answer`), meets their people again (`arrival`), and tells them apart by that HMAC, never by a number.
Where this deployment hosts the anchor, `member` and `epoch` hold what the table is made of (`published_table`).
Does not own consent at the other side (that is the other provider's), nor the session that follows (`idp.sessions`).
"""
