"""The sandbox's registers 沙箱登记库: an HTTP service that answers as real registers would (docs/registers.md).

Invented people and enterprises, made from a seed (`made_up`), kept in `registry`; one file per question in `sources/`;
what can go wrong is switched on in `faults` and `switches`. It signs with keys of its own (`keys`) and shares no data
with the provider, which knows only its address and its public keys.
"""
