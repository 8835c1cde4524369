"""What stands on the relying party's side: the kit ``tongxing_client`` and the sandbox's service sites.

Nothing here imports ``idp``: it talks to the provider as any other relying party does, over HTTP.
"""
