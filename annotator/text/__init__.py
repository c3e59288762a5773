"""The text as a string: decoding, units, offsets, folding. Pure; knows no database and no web."""
