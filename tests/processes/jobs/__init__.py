"""What time brings, recorded by the scheduler on real PostgreSQL."""
