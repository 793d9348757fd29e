"""Evidence bundles, as answers."""
