"""Believable contexts for every template, in both languages: what the views would give them."""

from tests.templates import (
    account_samples,
    console_samples,
    ending_samples,
    federation_samples,
    finding_samples,
    identity_samples,
    journey_samples,
    level_samples,
    linking_samples,
    mandate_samples,
    other_ways_samples,
    own_samples,
    proofing_samples,
    province_samples,
    receipt_samples,
    service_samples,
    time_samples,
    timeline_samples,
)
from tests.templates.cast import Cast
from tests.templates.sample import Sample


def samples(locale: str) -> list[Sample]:
    """Return every template with contexts in the person's language."""
    cast = Cast(locale)
    return [
        *journey_samples.logging_in(cast),
        *other_ways_samples.other_ways(cast),
        *other_ways_samples.recovering(cast),
        *province_samples.provinces(cast),
        *journey_samples.signing_up(cast),
        *journey_samples.answering(cast),
        *level_samples.levels(cast),
        *ending_samples.ending(cast),
        *account_samples.account(cast),
        *own_samples.own(cast),
        *finding_samples.finding(cast),
        *federation_samples.explaining(cast),
        *identity_samples.identity(cast),
        *proofing_samples.proofing(cast),
        *mandate_samples.mandates(cast),
        *receipt_samples.receipts(cast),
        *service_samples.services(cast),
        *linking_samples.linking(cast),
        *timeline_samples.timeline(cast),
        *console_samples.console(cast),
        *time_samples.time_limits(cast),
    ]
