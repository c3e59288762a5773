"""Alembic's migrations. `HEAD` lets a start compare versions without loading Alembic."""

HEAD = "0007"
