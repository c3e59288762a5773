"""Label layers: the scheme, and one annotator's answer parsed against it. Knows no database and no Flask."""

from annotator.layers.parsing import KnownSpeaker, labels_json, parse_labels, retired_in, speaker_ids

#: How a layer is answered: one of a closed list, marked stretches, a registry entry, a target with a value.
KINDS = ("choice", "span", "reference", "stance")

__all__ = ["KINDS", "KnownSpeaker", "labels_json", "parse_labels", "retired_in", "speaker_ids"]
