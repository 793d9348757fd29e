"""The store in memory, held to the same contract as the real one."""
