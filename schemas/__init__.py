"""Formats: SQL migrations, ClickHouse DDL, event schemas, the chain, golden files."""
