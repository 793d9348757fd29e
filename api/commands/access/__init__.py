"""Commands on what orders give that is no parcel."""
