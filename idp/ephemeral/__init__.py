"""Short-lived things: journeys, codes, counters, invalidation messages. All may be lost at any moment.

`store` says what a store can do; `database` and `redis` do it. Owns no meaning: callers choose keys and lives.
"""
