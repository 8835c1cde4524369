"""Linking 账号关联: a person proves once that an older account of a city's or county's own system is theirs."""
