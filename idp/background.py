"""What the worker does: a handler for each kind of outbox message, and the jobs with their timetable.

Wired here because it touches many rooms; commands start it, nobody else imports it.
"""

import base64
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from idp import level_simulation_run
from idp.accounts import identity, notice, phone_change
from idp.audit import chain
from idp.authenticators import known_device, recovery, recovery_row
from idp.consent import deletion_due, retention
from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.federation import anchor_following, kept_statement, rotation, trust_chain_row
from idp.keys import keyring, signing_key
from idp.keys.keyring import KEYRING, InvalidToken
from idp.level_policy import current
from idp.linking import link_code
from idp.mandates import assisted, due, ending
from idp.operators import following
from idp.outbox import delivery
from idp.outbox.job import Job
from idp.outbox.message import OutboxMessage
from idp.outbox.worker import Worker
from idp.proofing import attempt, case, evidence, identity_takeover, register_notice, vouching, watching
from idp.recognition import arrival, encryption_keys, own_entity, recognised_identity, recognised_session
from idp.relying_parties import served_item_filling
from idp.sessions import backchannel_logout, sweeping
from idp.settings import SETTINGS
from idp.shared_signals import fan_out, push
from idp.shared_signals import sweeping as signal_sweeping
from idp.tokens import (
    account_leaving,
    account_logout,
    consent_withdrawal,
    grant,
    narrowing,
    struck_off_province,
    subject_change,
)


def _standing_changed(message: OutboxMessage) -> None:
    # First: it may ask another system, and begins while nothing of the database is held.
    arrival.standing_changed(message)
    # A person's posts fall and rise with the person, and their word for others falls: each account adds a message.
    following.standing_changed(message)
    vouching.standing_changed(message)
    narrowing.standing_changed(message)


def _identity_lost(message: OutboxMessage) -> None:
    # First, and in any case: the owner of the name may be on the way here.
    arrival.identity_lost(message)
    account_logout.after_takeover(message)


HANDLERS = {
    backchannel_logout.KIND: backchannel_logout.deliver,
    notice.KIND: notice.deliver,
    identity.SUBJECT_CHANGED: subject_change.handle,
    evidence.STANDING_CHANGED: _standing_changed,
    ending.KIND: narrowing.mandate_ended,
    assisted.KIND: narrowing.assisted_case_ended,
    recovery.RECOVERED: account_logout.after_recovery,
    phone_change.RESTORED: account_logout.after_phone_restored,
    identity_takeover.IDENTITY_LOST: _identity_lost,
    consent_withdrawal.KIND: consent_withdrawal.finish,
    level_simulation_run.KIND: level_simulation_run.deliver,
    fan_out.KIND: fan_out.handle,
    push.KIND: push.deliver,
}
# Several at once, for kinds that ask nobody outside.
TOGETHER = {fan_out.KIND: fan_out.handle_together}
CHECKPOINT = "audit-checkpoint+jwt"
MINUTE, HOUR = 60, 3600


def worker(app: Flask) -> Worker:
    """Return the worker of *app*, not yet running."""
    return Worker(app.app_context, HANDLERS, JOBS, TOGETHER)


def sign_checkpoint(statement: bytes) -> str:
    """Sign an audit checkpoint with the current key."""
    return KEYRING.get().sign({"statement": base64.b64encode(statement).decode()}, typ=CHECKPOINT)


def is_checkpoint(statement: bytes, signature: str) -> bool:
    """Whether one of our keys, however old, signed exactly this statement."""
    try:
        claims = KEYRING.get().verify_ever(signature, typ=CHECKPOINT)
    except InvalidToken:
        return False
    return claims == {"statement": base64.b64encode(statement).decode()}


def _seal_audit() -> None:
    while chain.seal(sign_checkpoint):
        commit()
    commit()


def _rotate_keys() -> None:
    lifetimes = SETTINGS.get().lifetimes
    changed = signing_key.rotate_due(
        timedelta(seconds=lifetimes.key_rotation), timedelta(seconds=lifetimes.key_overlap)
    )
    commit()
    if changed:
        EPHEMERAL.get().publish(keyring.CHANNEL, "*")


def _rotate_federation_keys() -> None:
    every = timedelta(seconds=SETTINGS.get().lifetimes.federation_key_rotation)
    while rotation.rotate_due(every):
        commit()
    commit()


def _sweep_chains() -> None:
    trust_chain_row.sweep()
    kept_statement.sweep()


def _end_evidence() -> None:
    while evidence.end_expired():
        commit()
    commit()


def _expire_cases() -> None:
    while case.expire_due():
        commit()
    commit()


def _end_consents() -> None:
    for work in (retention.expire, retention.end_unused, retention.delete_old):
        while work():
            commit()
        commit()


def _fill_identities() -> None:
    recognised_identity.FILLING.run()
    commit()


def _committed(sweep: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        sweep()
        commit()

    return run


JOBS = (
    Job("audit_seal", 5, _seal_audit),
    Job("key_rotation", HOUR, _rotate_keys),
    Job("federation_key_rotation", HOUR, _rotate_federation_keys, longest=300),
    Job("federation_anchor_following", HOUR, anchor_following.run),
    Job("federation_chain_sweep", HOUR, _committed(_sweep_chains)),
    Job("outbox_sweep", HOUR, _committed(delivery.sweep)),
    Job("notice_sweep", HOUR, _committed(notice.sweep)),
    Job("link_code_sweep", HOUR, link_code.sweep),
    Job("phone_change_sweep", HOUR, _committed(phone_change.sweep)),
    Job("account_leaving", 10 * MINUTE, account_leaving.run, longest=300),
    Job("known_device_sweep", HOUR, _committed(known_device.sweep)),
    Job("session_sweep", HOUR, _committed(sweeping.sweep)),
    Job("signal_sweep", HOUR, _committed(signal_sweeping.sweep)),
    Job("served_items", HOUR, served_item_filling.fill, longest=600),
    Job("grant_sweep", HOUR, _committed(grant.sweep)),
    Job("level_policy_expiry", HOUR, current.report_expired),
    Job("recovery_sweep", HOUR, _committed(recovery_row.sweep)),
    Job("proofing_retry", 15, attempt.retry_due, longest=600),
    Job("evidence_expiry", MINUTE, _end_evidence, longest=300),
    Job("proofing_expiry", HOUR, _expire_cases, longest=300),
    Job("consent_retention", HOUR, _end_consents, longest=300),
    Job("register_check", 10, watching.run, longest=120),
    Job("register_notice_sweep", HOUR, _committed(register_notice.sweep)),
    Job("mandates_due", MINUTE, due.run),
    Job("deletion_due", HOUR, deletion_due.run, longest=300),
    Job("deletion_sweep", HOUR, _committed(deletion_due.sweep)),
    Job("recognition_entity", MINUTE, _committed(own_entity.declare)),
    Job("recognition_members", MINUTE, encryption_keys.refresh, longest=300),
    Job("recognition_identities", MINUTE, _fill_identities, longest=600),
    Job("recognition_struck_off", 20, struck_off_province.run, longest=300),
    Job("recognition_sweep", HOUR, _committed(recognised_session.sweep)),
    Job("assisted_end", 15, _committed(assisted.end_overdue)),
)
