"""The resources of the API: one kind of object a file, with the operations on it."""
