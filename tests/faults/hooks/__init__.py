"""What Python runs first in each process of a service under test, by its search path."""
