"""Who did what, when: events in the transaction of the change, sealed into a signed hash chain.

Owns the names of events (`event`), writing one (`log`) or many (`batch`), the chain (`chain`) and looking
things up (`search`). Holds ids and digests, never what a person typed. Does not know keys: the chain is given
functions that sign and check. One more event: a name in `event.EventName`, and a `log.record` where it
happens.
"""
