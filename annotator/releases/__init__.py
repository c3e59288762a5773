"""Frozen datasets, as far as they are pure: splits that keep copies together, manifests, differences, data sheets."""
