"""Worker: a process that serves HTTP, alone or as one of several."""
