"""Proof of names."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
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
            "ix_evidence_word",
            ["source"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL AND code = 'vouch'"),
            sqlite_where=sa.text("ended_at IS NULL AND code = 'vouch'"),
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
        sa.Column("level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_known_identities")),
    )
    with op.batch_alter_table("known_identities", schema=None) as batch_op:
        batch_op.create_index("ix_known_identities_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_known_identities_subject_id", ["subject_id"], unique=False)
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


def downgrade() -> None:
    with op.batch_alter_table("register_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_register_notices_expires_at")
    op.drop_table("register_notices")
    op.drop_table("register_checks")
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
    with op.batch_alter_table("known_identities", schema=None) as batch_op:
        batch_op.drop_index("ix_known_identities_subject_id")
        batch_op.drop_index("ix_known_identities_account_id")
    op.drop_table("known_identities")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_evidence_valid",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_evidence_word",
            postgresql_where=sa.text("ended_at IS NULL AND code = 'vouch'"),
            sqlite_where=sa.text("ended_at IS NULL AND code = 'vouch'"),
        )
        batch_op.drop_index(
            "ix_evidence_expiry",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_evidence_account")
    op.drop_table("evidence")
    op.drop_table("duplicate_accounts")
