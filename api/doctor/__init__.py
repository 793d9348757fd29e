"""The doctor: looks at a machine and a configuration, and says what to do."""
