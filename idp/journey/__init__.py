"""A person's way from the authorization request to its answer.

`next_step` decides, pure; `journey` remembers where somebody is; `authorization_request` is what was asked.
Each page does one thing and returns to the authorization endpoint; pages never link to pages.
One more step: a value in `next_step.Step`, its condition there, one page.
"""
