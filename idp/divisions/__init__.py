"""Divisions 行政区划: the tree of provinces, prefectures, counties, townships and villages. Pure.

Owns names and who lies below whom, from config/divisions.csv. Does not own what a code looks like
(`idp.identifiers.division_code`) nor who may act where (`idp.operators`).
"""
