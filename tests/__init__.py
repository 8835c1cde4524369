"""Tests: folders mirror idp/ and clients/; journeys/ are stories told in a browser; bench/ measures."""
