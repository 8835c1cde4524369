"""``python -m clients.sites.housing``."""

from clients.sites import serve
from clients.sites.housing.definition import HOUSING

if __name__ == "__main__":
    serve.main(HOUSING)
