"""Signals to relying parties, and an account's wishes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "phone_changes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("old_sealed", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_phone_changes")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_phone_changes_token_digest")),
    )

    with op.batch_alter_table("phone_changes", schema=None) as batch_op:
        batch_op.create_index("ix_phone_changes_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "security_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
    )

    with op.batch_alter_table("security_events", schema=None) as batch_op:
        batch_op.create_index("ix_security_events_account", ["account_id", "reference"], unique=False)
        batch_op.create_index(
            "ix_security_events_open",
            ["stream_id", "account_id", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('waiting', 'held', 'delivered')"),
            sqlite_where=sa.text("state IN ('waiting', 'held', 'delivered')"),
        )
        batch_op.create_index("ix_security_events_state", ["state", "state_at"], unique=False)
        batch_op.create_index("ix_security_events_stream", ["stream_id", "id"], unique=False)

    op.create_table(
        "signal_removed_subjects",
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "sub", name=op.f("pk_signal_removed_subjects")),
    )

    op.create_table(
        "signal_streams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("endpoint_url", sa.Text(), nullable=False),
        sa.Column("authorization_sealed", sa.Text(), nullable=True),
        sa.Column("events_requested", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_streams")),
    )

    with op.batch_alter_table("signal_streams", schema=None) as batch_op:
        batch_op.create_index("ix_signal_streams_client_id", ["client_id", "id"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("elder_mode", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("notice_choices", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("reverified_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_accounts_closes_at", ["closes_at"], unique=False)

    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("values_sealed", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_notices_unread",
            ["account_id"],
            unique=False,
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notices_unread",
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_column("read_at")
        batch_op.drop_column("values_sealed")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_accounts_closes_at")
        batch_op.drop_column("closes_at")
        batch_op.drop_column("reverified_at")
        batch_op.drop_column("notice_choices")
        batch_op.drop_column("elder_mode")

    with op.batch_alter_table("signal_streams", schema=None) as batch_op:
        batch_op.drop_index("ix_signal_streams_client_id")

    op.drop_table("signal_streams")

    op.drop_table("signal_removed_subjects")

    with op.batch_alter_table("security_events", schema=None) as batch_op:
        batch_op.drop_index("ix_security_events_stream")
        batch_op.drop_index("ix_security_events_state")
        batch_op.drop_index(
            "ix_security_events_open",
            postgresql_where=sa.text("state IN ('waiting', 'held', 'delivered')"),
            sqlite_where=sa.text("state IN ('waiting', 'held', 'delivered')"),
        )
        batch_op.drop_index("ix_security_events_account")

    op.drop_table("security_events")

    with op.batch_alter_table("phone_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_phone_changes_ends_at")

    op.drop_table("phone_changes")
