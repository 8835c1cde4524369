"""The federation: authorities hosted here, who stands below them, chains, and who serves which item."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "federation_entities",
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("organization_uscc", sa.String(length=18), nullable=False),
        sa.Column("declared", sa.Text(), nullable=False),
        sa.Column("metadata_policy", sa.Text(), nullable=True),
        sa.Column("constraints", sa.Text(), nullable=True),
        sa.Column("authority_hints", sa.Text(), nullable=False),
        sa.Column("trust_mark_issuers", sa.Text(), nullable=True),
        sa.Column("trust_mark_owners", sa.Text(), nullable=True),
        sa.Column("extra_claims", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_federation_entities")),
    )

    with op.batch_alter_table("federation_entities", schema=None) as batch_op:
        batch_op.create_index("ix_federation_entities_division", ["division_code", "entity_id"], unique=False)

    op.create_table(
        "federation_kept_statements",
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("superior_id", sa.String(length=255), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "superior_id", name=op.f("pk_federation_kept_statements")),
    )

    with op.batch_alter_table("federation_kept_statements", schema=None) as batch_op:
        batch_op.create_index("ix_federation_kept_statements_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "federation_keys",
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed_public_jwk", sa.Text(), nullable=False),
        sa.Column("sealed_jwk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("current_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_reason", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("entity_id", "kid", name=op.f("pk_federation_keys")),
    )

    with op.batch_alter_table("federation_keys", schema=None) as batch_op:
        batch_op.create_index("ix_federation_keys_state", ["state", "current_at", "entity_id"], unique=False)
        batch_op.create_index(
            "uq_federation_keys_current",
            ["entity_id"],
            unique=True,
            postgresql_where=sa.text("state = 'current'"),
            sqlite_where=sa.text("state = 'current'"),
        )
        batch_op.create_index(
            "uq_federation_keys_next",
            ["entity_id"],
            unique=True,
            postgresql_where=sa.text("state = 'next'"),
            sqlite_where=sa.text("state = 'next'"),
        )

    op.create_table(
        "federation_subordinate_types",
        sa.Column("superior_id", sa.String(length=255), nullable=False),
        sa.Column("entity_type", sa.String(length=100), nullable=False),
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint(
            "superior_id", "entity_type", "entity_id", name=op.f("pk_federation_subordinate_types")
        ),
    )

    op.create_table(
        "federation_subordinates",
        sa.Column("superior_id", sa.String(length=255), nullable=False),
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("sealed_jwks", sa.Text(), nullable=True),
        sa.Column("entity_types", sa.Text(), nullable=False),
        sa.Column("is_intermediate", sa.Boolean(), nullable=False),
        sa.Column("declared", sa.Text(), nullable=True),
        sa.Column("metadata_policy", sa.Text(), nullable=True),
        sa.Column("constraints", sa.Text(), nullable=True),
        sa.Column("extra_claims", sa.Text(), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("item_codes", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("suspended_from", sa.String(length=12), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("superior_id", "entity_id", name=op.f("pk_federation_subordinates")),
    )

    with op.batch_alter_table("federation_subordinates", schema=None) as batch_op:
        batch_op.create_index("ix_federation_subordinates_entity", ["entity_id", "superior_id"], unique=False)
        batch_op.create_index(
            "ix_federation_subordinates_kind", ["superior_id", "is_intermediate", "entity_id"], unique=False
        )

    op.create_table(
        "federation_trust_anchors",
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("jwks", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_federation_trust_anchors")),
    )

    op.create_table(
        "federation_trust_chains",
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("wanted_anchor", sa.String(length=255), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("edges", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "wanted_anchor", name=op.f("pk_federation_trust_chains")),
    )

    with op.batch_alter_table("federation_trust_chains", schema=None) as batch_op:
        batch_op.create_index("ix_federation_trust_chains_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "federation_trust_marks",
        sa.Column("issuer_id", sa.String(length=255), nullable=False),
        sa.Column("trust_mark_type", sa.String(length=255), nullable=False),
        sa.Column("subject_id", sa.String(length=255), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "issuer_id", "trust_mark_type", "subject_id", name=op.f("pk_federation_trust_marks")
        ),
    )

    with op.batch_alter_table("federation_trust_marks", schema=None) as batch_op:
        batch_op.create_index("ix_federation_trust_marks_subject", ["subject_id"], unique=False)

    op.create_table(
        "served_items",
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("starts_login", sa.Boolean(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("organization_name", sa.Text(), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("item_code", "division_code", "client_id", name=op.f("pk_served_items")),
    )

    with op.batch_alter_table("served_items", schema=None) as batch_op:
        batch_op.create_index("ix_served_items_client_id", ["client_id"], unique=False)
        batch_op.create_index(
            "ix_served_items_division_code_item_code", ["division_code", "item_code"], unique=False
        )

    with op.batch_alter_table("relying_parties", schema=None) as batch_op:
        batch_op.add_column(sa.Column("registration", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("trust_anchor", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("chain_path", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("chain_expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withheld", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("offers_linking", sa.Boolean(), nullable=True))
        batch_op.alter_column(
            "client_id",
            existing_type=sa.VARCHAR(length=128),
            type_=sa.String(length=255),
            existing_nullable=False,
        )
        batch_op.create_index(
            "ix_relying_parties_linking",
            ["client_id"],
            unique=False,
            postgresql_where=sa.text("offers_linking"),
            sqlite_where=sa.text("offers_linking"),
        )


def downgrade() -> None:
    with op.batch_alter_table("relying_parties", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_relying_parties_linking",
            postgresql_where=sa.text("offers_linking"),
            sqlite_where=sa.text("offers_linking"),
        )
        batch_op.alter_column(
            "client_id",
            existing_type=sa.String(length=255),
            type_=sa.VARCHAR(length=128),
            existing_nullable=False,
        )
        batch_op.drop_column("offers_linking")
        batch_op.drop_column("withheld")
        batch_op.drop_column("chain_expires_at")
        batch_op.drop_column("chain_path")
        batch_op.drop_column("trust_anchor")
        batch_op.drop_column("registration")

    with op.batch_alter_table("served_items", schema=None) as batch_op:
        batch_op.drop_index("ix_served_items_division_code_item_code")
        batch_op.drop_index("ix_served_items_client_id")

    op.drop_table("served_items")

    with op.batch_alter_table("federation_trust_marks", schema=None) as batch_op:
        batch_op.drop_index("ix_federation_trust_marks_subject")

    op.drop_table("federation_trust_marks")

    with op.batch_alter_table("federation_trust_chains", schema=None) as batch_op:
        batch_op.drop_index("ix_federation_trust_chains_expires_at")

    op.drop_table("federation_trust_chains")

    op.drop_table("federation_trust_anchors")

    with op.batch_alter_table("federation_subordinates", schema=None) as batch_op:
        batch_op.drop_index("ix_federation_subordinates_kind")
        batch_op.drop_index("ix_federation_subordinates_entity")

    op.drop_table("federation_subordinates")

    op.drop_table("federation_subordinate_types")

    with op.batch_alter_table("federation_keys", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_federation_keys_next",
            postgresql_where=sa.text("state = 'next'"),
            sqlite_where=sa.text("state = 'next'"),
        )
        batch_op.drop_index(
            "uq_federation_keys_current",
            postgresql_where=sa.text("state = 'current'"),
            sqlite_where=sa.text("state = 'current'"),
        )
        batch_op.drop_index("ix_federation_keys_state")

    op.drop_table("federation_keys")

    with op.batch_alter_table("federation_kept_statements", schema=None) as batch_op:
        batch_op.drop_index("ix_federation_kept_statements_expires_at")

    op.drop_table("federation_kept_statements")

    with op.batch_alter_table("federation_entities", schema=None) as batch_op:
        batch_op.drop_index("ix_federation_entities_division")

    op.drop_table("federation_entities")
