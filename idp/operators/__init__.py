"""Officials 政务人员: posts in a division, what each role may do there, and how somebody comes to hold one.

Owns: posts (`post`), rights (`rights`, pure, denied by default), appointing by two people (`appointing`), and the
record of what officials did, found by division (`record`). Does not own: pages (`idp.console`), cases
(`idp.proofing`), levels (`idp.level_policy`): these ask nobody for rights, their door does.
One more role: a value of `rights.Role`, its row in `rights.ACTS`, its two names in the console's texts.
"""
