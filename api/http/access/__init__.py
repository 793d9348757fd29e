"""The endpoints of what orders give that is no parcel."""
