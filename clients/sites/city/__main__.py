"""``python -m clients.sites.city``."""

from clients.sites import serve
from clients.sites.city.definition import CITY

if __name__ == "__main__":
    serve.main(CITY)
