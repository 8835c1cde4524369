"""Small service sites of the sandbox, one per level of government and one of two superiors, built on the kit.

Nobody registers them at the provider: they are members of its federation, each with keys and an entity configuration
of its own (``membership``), vouched for by the authorities above it.

``service_site`` makes the Flask application from a ``definition``; each site's package holds its own
definition and nothing else. They show who is logged in and what was received. They are no real services:
every record is made up from the pairwise subject. To add a site: a package with ``definition.py`` and
``__main__.py``, a colour file in ``static``, an entry in ``directory.SITES``.
"""
