"""The sandbox: invented people and sites (`data`) and an SMS service with an inbox, for one machine only.

Used by commands alone; nothing of the provider depends on it. Refuses to work outside sandbox mode.
"""
