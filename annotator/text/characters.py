"""The classes of characters that several modules of this package must agree on."""

from __future__ import annotations

# Written out, not `\s`: these sets go into character classes and into `str.strip`.
LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
SPACES = (
    "\t\x1f \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
# Blanks without width. Unicode does not call them white space, yet they are all that some
# copied pages leave at the ends of a line.
EMPTY_BLANKS = "\u180e\u200b\u2060\ufeff"
BLANKS = LINE_BREAKS + SPACES + EMPTY_BLANKS

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
JOINERS = "\u200c\u200d"
INVISIBLE = BIDI_CONTROLS + JOINERS + EMPTY_BLANKS

# Marks that sit on the letter before them (general and Arabic), as ranges of a character class.
MARK_RANGES = (
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
)
TATWEEL = "\u0640"

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
