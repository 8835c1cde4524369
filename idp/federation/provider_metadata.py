"""What the provider says of itself as an entity: its discovery document (OpenID Federation 1.0 §5.1.3).

Put here by app.py: the document is made by the doors, which this room cannot ask.
"""

from collections.abc import Mapping
from typing import Any

from idp.per_app import PerApp

# Metadata by entity type.
PROVIDER_METADATA: PerApp[Mapping[str, Mapping[str, Any]]] = PerApp("federation_provider_metadata")
OPENID_PROVIDER = "openid_provider"
