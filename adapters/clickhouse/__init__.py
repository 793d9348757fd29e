"""The analysts' read model on ClickHouse."""
