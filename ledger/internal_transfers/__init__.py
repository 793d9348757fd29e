"""Internal transfers: units that an order moves from one location of an org to another."""
