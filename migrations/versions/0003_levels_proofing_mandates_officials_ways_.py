"""levels, proofing, mandates, officials, ways to sign in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "assisted_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("organization", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("presence", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_cases")),
    )
    with op.batch_alter_table("assisted_cases", schema=None) as batch_op:
        batch_op.create_index("ix_assisted_cases_clerk", ["clerk_id", "id"], unique=False)
        batch_op.create_index(
            "ix_assisted_cases_expires",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_assisted_cases_principal", ["principal_id", "id"], unique=False)
        batch_op.create_index(
            "uq_assisted_cases_session",
            ["session_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "client_certificates",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject_sealed", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("distrusted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_client_certificates")),
        sa.UniqueConstraint("digest", name=op.f("uq_client_certificates_digest")),
    )
    op.create_table(
        "duplicate_accounts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_duplicate_accounts")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("obtained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_account", ["account_id", "id"], unique=False)
        batch_op.create_index(
            "ix_evidence_expiry",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_evidence_valid",
            ["account_id", "code"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "known_identities",
        sa.Column("index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_known_identities")),
    )
    with op.batch_alter_table("known_identities", schema=None) as batch_op:
        batch_op.create_index("ix_known_identities_account_id", ["account_id"], unique=False)

    op.create_table(
        "level_policy_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_by", sa.String(length=100), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_reason", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_level_policy_versions")),
    )
    op.create_table(
        "level_simulation_runs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_level_simulation_runs")),
    )
    op.create_table(
        "mandates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=40), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_sealed", sa.Text(), nullable=True),
        sa.Column("single_use", sa.Boolean(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mandates_expires",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_mandates_holder", ["holder_id", "status"], unique=False)
        batch_op.create_index(
            "ix_mandates_parent",
            ["parent_id"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_mandates_principal", ["principal_id", "status"], unique=False)
        batch_op.create_index(
            "ix_mandates_review",
            ["review_at"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_mandates_representative",
            ["principal_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL AND role = 'representative'"),
            sqlite_where=sa.text("ended_at IS NULL AND role = 'representative'"),
        )

    op.create_table(
        "notices",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_created_at", ["created_at"], unique=False)

    op.create_table(
        "official_events",
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("division_code", "event_id", name=op.f("pk_official_events")),
    )
    with op.batch_alter_table("official_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_official_events_account_id_event_id", ["account_id", "event_id"], unique=False
        )

    op.create_table(
        "passkeys",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=2048), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("aaguid", sa.Uuid(), nullable=False),
        sa.Column("attestation_format", sa.String(length=20), nullable=False),
        sa.Column("vouched_by", sa.String(length=64), nullable=True),
        sa.Column("device_bound", sa.Boolean(), nullable=False),
        sa.Column("verifies_user", sa.Boolean(), nullable=False),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_digest", name=op.f("uq_passkeys_credential_digest")),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("username", sa.String(length=32), nullable=False),
        sa.Column("organization", sa.String(length=200), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("account_id", name=op.f("uq_posts_account_id")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index("ix_posts_division_code_id", ["division_code", "id"], unique=False)
        batch_op.create_index("ix_posts_person_id", ["person_id"], unique=False)

    op.create_table(
        "proofing_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("verifier", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("return_to", sa.String(length=500), nullable=True),
        sa.Column("given_sealed", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asking_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofing_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_proofing_cases_number")),
    )
    with op.batch_alter_table("proofing_cases", schema=None) as batch_op:
        batch_op.create_index("ix_proofing_cases_account", ["account_id", "id"], unique=False)
        batch_op.create_index(
            "ix_proofing_cases_due",
            ["next_attempt_at"],
            unique=False,
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
            sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        )
        batch_op.create_index("ix_proofing_cases_expiry", ["expires_at", "state"], unique=False)
        batch_op.create_index("ix_proofing_cases_person", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_proofing_cases_queue", ["division_code", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_proofing_cases_open",
            ["account_id", "verifier"],
            unique=True,
            postgresql_where=sa.text("state IN ('started', 'waiting', 'undecided')"),
            sqlite_where=sa.text("state IN ('started', 'waiting', 'undecided')"),
        )

    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stop_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proofs", sa.Text(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("stop_digest", name=op.f("uq_recoveries_stop_digest")),
        sa.UniqueConstraint("ticket_digest", name=op.f("uq_recoveries_ticket_digest")),
    )
    with op.batch_alter_table("recoveries", schema=None) as batch_op:
        batch_op.create_index("ix_recoveries_expires_at", ["expires_at"], unique=False)
        batch_op.create_index(
            "uq_recoveries_open",
            ["account_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "register_checks",
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("round_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Uuid(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_register_checks")),
    )
    op.create_table(
        "register_notices",
        sa.Column("issuer", sa.String(length=30), nullable=False),
        sa.Column("jti", sa.String(length=100), nullable=False),
        sa.Column("change", sa.String(length=30), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "jti", name=op.f("pk_register_notices")),
    )
    with op.batch_alter_table("register_notices", schema=None) as batch_op:
        batch_op.create_index("ix_register_notices_expires_at", ["expires_at"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("residence_sealed", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("identity_type", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("identity_index", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("identity_sealed", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("standing", sa.Text(), server_default="[]", nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_accounts_identity_index"), ["identity_index"])

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("levels", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("acting", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("principal_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("mandate_id", sa.Uuid(), nullable=True))
        batch_op.create_index("ix_grants_mandate_id", ["mandate_id"], unique=False)
        batch_op.create_index("ix_grants_principal_id", ["principal_id"], unique=False)

    with op.batch_alter_table("session_participants", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("identity", sa.String(length=36), server_default="self", nullable=False)
        )

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("idle_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("strong_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("terms", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("terms")
        batch_op.drop_column("strong_until")
        batch_op.drop_column("idle_until")

    with op.batch_alter_table("session_participants", schema=None) as batch_op:
        batch_op.drop_column("identity")

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_principal_id")
        batch_op.drop_index("ix_grants_mandate_id")
        batch_op.drop_column("mandate_id")
        batch_op.drop_column("principal_id")
        batch_op.drop_column("acting")
        batch_op.drop_column("levels")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_accounts_identity_index"), type_="unique")
        batch_op.drop_column("standing")
        batch_op.drop_column("identity_sealed")
        batch_op.drop_column("identity_index")
        batch_op.drop_column("identity_type")
        batch_op.drop_column("residence_sealed")

    with op.batch_alter_table("register_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_register_notices_expires_at")

    op.drop_table("register_notices")
    op.drop_table("register_checks")
    with op.batch_alter_table("recoveries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_recoveries_open",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_recoveries_expires_at")

    op.drop_table("recoveries")
    with op.batch_alter_table("proofing_cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_proofing_cases_open",
            postgresql_where=sa.text("state IN ('started', 'waiting', 'undecided')"),
            sqlite_where=sa.text("state IN ('started', 'waiting', 'undecided')"),
        )
        batch_op.drop_index("ix_proofing_cases_queue")
        batch_op.drop_index("ix_proofing_cases_person")
        batch_op.drop_index("ix_proofing_cases_expiry")
        batch_op.drop_index(
            "ix_proofing_cases_due",
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
            sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_proofing_cases_account")

    op.drop_table("proofing_cases")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index("ix_posts_person_id")
        batch_op.drop_index("ix_posts_division_code_id")

    op.drop_table("posts")
    op.drop_table("passkeys")
    with op.batch_alter_table("official_events", schema=None) as batch_op:
        batch_op.drop_index("ix_official_events_account_id_event_id")

    op.drop_table("official_events")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_created_at")

    op.drop_table("notices")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mandates_representative",
            postgresql_where=sa.text("ended_at IS NULL AND role = 'representative'"),
            sqlite_where=sa.text("ended_at IS NULL AND role = 'representative'"),
        )
        batch_op.drop_index(
            "ix_mandates_review",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_mandates_principal")
        batch_op.drop_index(
            "ix_mandates_parent",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_mandates_holder")
        batch_op.drop_index(
            "ix_mandates_expires",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("mandates")
    op.drop_table("level_simulation_runs")
    op.drop_table("level_policy_versions")
    with op.batch_alter_table("known_identities", schema=None) as batch_op:
        batch_op.drop_index("ix_known_identities_account_id")

    op.drop_table("known_identities")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_evidence_valid",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_evidence_expiry",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_evidence_account")

    op.drop_table("evidence")
    op.drop_table("duplicate_accounts")
    op.drop_table("client_certificates")
    with op.batch_alter_table("assisted_cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assisted_cases_session",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_assisted_cases_principal")
        batch_op.drop_index(
            "ix_assisted_cases_expires",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_assisted_cases_clerk")

    op.drop_table("assisted_cases")
