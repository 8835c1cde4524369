"""``python -m clients.sites.county``."""

from clients.sites import serve
from clients.sites.county.definition import COUNTY

if __name__ == "__main__":
    serve.main(COUNTY)
