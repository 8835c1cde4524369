"""Mutual recognition 跨省互认: a person of another province logs in here through that province's own provider."""
