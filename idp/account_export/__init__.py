"""Everything about one account, for its owner to take away (PIPL art. 45: access, copy and transfer).

Owns the file's form: `document` writes it piece by piece, `person` and `dealings` say what stands in each section. The
form is public: docs/account-export.md and docs/account-export.schema.json. Does not decide who gets it
(`idp.pages.export`). One more section: a function that yields plain values, a line in `document.SECTIONS`, its
description in the schema.
"""
