"""Jobs: what is done without being asked: recorded by a job of the scheduler, through the same
commit."""
