"""Static files leave compressed: each is compressed once and kept, there are only so many. Flask world.

Pages themselves are not compressed here: they carry secrets beside what a visitor sends (the BREACH attack).
"""

import gzip
from functools import lru_cache

from flask import Response, request

ENDPOINTS = frozenset({"static", "bootstrap.static"})
COMPRESSIBLE = frozenset({"text/css", "text/javascript", "image/svg+xml", "application/javascript"})
FILES = 200


def compress(response: Response) -> Response:
    """Compress the answer when it is a static text and the browser takes gzip."""
    if request.endpoint not in ENDPOINTS or response.status_code != 200:  # noqa: PLR2004 - what is found
        return response
    response.headers["Vary"] = "Accept-Encoding"
    if response.mimetype in COMPRESSIBLE and request.accept_encodings["gzip"] > 0:
        response.direct_passthrough = False
        response.set_data(_compressed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        etag, _weak = response.get_etag()
        # Same content in another coding: a weak validator (RFC 9110 §8.8.1).
        response.set_etag(etag or "", weak=True)
    return response


@lru_cache(maxsize=FILES)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
