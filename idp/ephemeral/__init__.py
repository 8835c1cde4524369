"""Short-lived things: journeys, codes, counters, invalidation messages. All may be lost at any moment.

`store` says what a store can do; `database` and `redis` do it, each with its mailbox for messages. Owns no
meaning: callers choose keys and lives. One more store: a module beside them, one more parameter in its tests.
"""
