"""``python -m clients.sites.province``."""

from clients.sites import serve
from clients.sites.province.definition import PROVINCE

if __name__ == "__main__":
    serve.main(PROVINCE)
