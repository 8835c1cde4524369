"""Consent that can be proven and taken back."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "consent_deletions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "record_id", name=op.f("pk_consent_deletions")),
    )

    op.create_table(
        "consent_events",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("acr", sa.String(length=60), nullable=True),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "record_id", "number", name=op.f("pk_consent_events")),
        sa.UniqueConstraint("id", name=op.f("uq_consent_events_id")),
    )

    with op.batch_alter_table("consent_events", schema=None) as batch_op:
        batch_op.create_index("ix_consent_events_account_id_id", ["account_id", "id"], unique=False)
        batch_op.create_index("ix_consent_events_name_at", ["name", "at"], unique=False)

    op.create_table(
        "deletion_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_requests")),
    )

    with op.batch_alter_table("deletion_requests", schema=None) as batch_op:
        batch_op.create_index("ix_deletion_requests_account_id", ["account_id", "id"], unique=False)
        batch_op.create_index("ix_deletion_requests_closed_at", ["closed_at"], unique=False)
        batch_op.create_index(
            "ix_deletion_requests_due",
            ["asked_at"],
            unique=False,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "uq_deletion_requests_open",
            ["account_id", "client_id"],
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )

    with op.batch_alter_table("consent_records", schema=None) as batch_op:
        batch_op.add_column(sa.Column("record_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("by_law", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("by_law_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("policy_version", sa.String(length=200), server_default=sa.text("('')"), nullable=False)
        )
        batch_op.add_column(sa.Column("was_given", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("of_age_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_items", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refused_items", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("head_number", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("head_hash", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("given_number", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_consent_records_by_law",
            ["by_law_until"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_consent_records_ended_at", ["ended_at"], unique=False)
        batch_op.create_index(
            "ix_consent_records_running",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("expired_at IS NULL AND withdrawn_at IS NULL"),
            sqlite_where=sa.text("expired_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_consent_records_record_id"), ["record_id"])

    _name_records()


def _name_records() -> None:
    """Name the records there are, and keep apart what was noted as released by law."""
    records = sa.table(
        "consent_records",
        sa.column("account_id", sa.Uuid()),
        sa.column("client_id", sa.String()),
        sa.column("record_id", sa.Uuid()),
        sa.column("legal_basis", sa.String()),
        sa.column("items", sa.Text()),
        sa.column("seen", sa.Text()),
        sa.column("by_law", sa.Text()),
        sa.column("by_law_until", sa.DateTime(timezone=True)),
        sa.column("expires_at", sa.DateTime(timezone=True)),
        sa.column("was_given", sa.Boolean()),
    )
    by_law = records.c.legal_basis == "statutory_duty"
    op.execute(
        records.update()
        .where(by_law)
        .values(
            by_law=records.c["items"],
            by_law_until=records.c.expires_at,
            items="[]",
            seen="[]",
            was_given=sa.false(),
        )
    )
    connection, nameless = op.get_bind(), records.c.record_id.is_(None)
    wanted = sa.select(records.c.account_id, records.c.client_id).where(nameless).limit(1000)
    while keys := connection.execute(wanted).all():
        for account_id, client_id in keys:
            own = (records.c.account_id == account_id) & (records.c.client_id == client_id)
            connection.execute(records.update().where(own).values(record_id=uuid4()))


def downgrade() -> None:
    with op.batch_alter_table("consent_records", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_consent_records_record_id"), type_="unique")
        batch_op.drop_index(
            "ix_consent_records_running",
            postgresql_where=sa.text("expired_at IS NULL AND withdrawn_at IS NULL"),
            sqlite_where=sa.text("expired_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index("ix_consent_records_ended_at")
        batch_op.drop_index(
            "ix_consent_records_by_law",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_column("given_number")
        batch_op.drop_column("head_hash")
        batch_op.drop_column("head_number")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("refused_items")
        batch_op.drop_column("refused_at")
        batch_op.drop_column("withdrawn_items")
        batch_op.drop_column("of_age_at")
        batch_op.drop_column("expired_at")
        batch_op.drop_column("was_given")
        batch_op.drop_column("policy_version")
        batch_op.drop_column("by_law_until")
        batch_op.drop_column("by_law")
        batch_op.drop_column("record_id")

    with op.batch_alter_table("deletion_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deletion_requests_open",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_deletion_requests_due",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_deletion_requests_closed_at")
        batch_op.drop_index("ix_deletion_requests_account_id")

    op.drop_table("deletion_requests")

    with op.batch_alter_table("consent_events", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_events_name_at")
        batch_op.drop_index("ix_consent_events_account_id_id")

    op.drop_table("consent_events")

    op.drop_table("consent_deletions")
