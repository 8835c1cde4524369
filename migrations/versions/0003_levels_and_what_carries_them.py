"""Levels and what carries them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
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
    op.drop_table("level_simulation_runs")
    op.drop_table("level_policy_versions")
