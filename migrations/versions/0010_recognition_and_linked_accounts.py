"""Recognition between provinces, linked accounts, passwords of older systems."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account_link_codes",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("legacy_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("legacy_sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_account_link_codes")),
    )

    with op.batch_alter_table("account_link_codes", schema=None) as batch_op:
        batch_op.create_index("ix_account_link_codes_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_account_link_codes_legacy", ["client_id", "legacy_index"], unique=False)

    op.create_table(
        "linked_accounts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("legacy_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("legacy_sealed", sa.Text(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "client_id", name=op.f("pk_linked_accounts")),
        sa.UniqueConstraint("client_id", "legacy_index", name=op.f("uq_linked_accounts_client_id")),
    )

    op.create_table(
        "recognised_identities",
        sa.Column("epoch", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("proven_here", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("epoch", "digest", name=op.f("pk_recognised_identities")),
    )

    with op.batch_alter_table("recognised_identities", schema=None) as batch_op:
        batch_op.create_index("ix_recognised_identities_account_id", ["account_id", "epoch"], unique=False)

    op.create_table(
        "recognised_people",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("visiting", sa.Boolean(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "issuer", name=op.f("pk_recognised_people")),
    )

    with op.batch_alter_table("recognised_people", schema=None) as batch_op:
        batch_op.create_index("uq_recognised_people_subject", ["issuer", "subject"], unique=True)

    op.create_table(
        "recognised_sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("sid", sa.String(length=255), nullable=False),
        sa.Column("id_token_sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_recognised_sessions")),
    )

    with op.batch_alter_table("recognised_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_recognised_sessions_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_recognised_sessions_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_recognised_sessions_subject", ["issuer", "subject"], unique=False)

    op.create_table(
        "recognition_epochs",
        sa.Column("anchor_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("anchor_id", "name", name=op.f("pk_recognition_epochs")),
    )

    op.create_table(
        "recognition_keys",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("sealed_jwk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_recognition_keys")),
    )

    op.create_table(
        "recognition_members",
        sa.Column("anchor_id", sa.String(length=255), nullable=False),
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("anchor_id", "entity_id", name=op.f("pk_recognition_members")),
    )

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_evidence_province",
            ["source", "account_id"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL AND source LIKE 'province:%'"),
            sqlite_where=sa.text("ended_at IS NULL AND source LIKE 'province:%'"),
        )

    with op.batch_alter_table("passwords", schema=None) as batch_op:
        batch_op.add_column(sa.Column("imported_work", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_passwords_imported_work",
            ["imported_work"],
            unique=False,
            postgresql_where=sa.text("imported_work IS NOT NULL"),
            sqlite_where=sa.text("imported_work IS NOT NULL"),
        )

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level_cap", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("level_cap")

    with op.batch_alter_table("passwords", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_passwords_imported_work",
            postgresql_where=sa.text("imported_work IS NOT NULL"),
            sqlite_where=sa.text("imported_work IS NOT NULL"),
        )
        batch_op.drop_column("imported_work")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_evidence_province",
            postgresql_where=sa.text("ended_at IS NULL AND source LIKE 'province:%'"),
            sqlite_where=sa.text("ended_at IS NULL AND source LIKE 'province:%'"),
        )

    op.drop_table("recognition_members")

    op.drop_table("recognition_keys")

    op.drop_table("recognition_epochs")

    with op.batch_alter_table("recognised_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_recognised_sessions_subject")
        batch_op.drop_index("ix_recognised_sessions_created_at")
        batch_op.drop_index("ix_recognised_sessions_account_id")

    op.drop_table("recognised_sessions")

    with op.batch_alter_table("recognised_people", schema=None) as batch_op:
        batch_op.drop_index("uq_recognised_people_subject")

    op.drop_table("recognised_people")

    with op.batch_alter_table("recognised_identities", schema=None) as batch_op:
        batch_op.drop_index("ix_recognised_identities_account_id")

    op.drop_table("recognised_identities")

    op.drop_table("linked_accounts")

    with op.batch_alter_table("account_link_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_account_link_codes_legacy")
        batch_op.drop_index("ix_account_link_codes_expires_at")

    op.drop_table("account_link_codes")
