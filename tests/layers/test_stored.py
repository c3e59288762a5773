"""Labels as their rows equal the plain labels of the same values."""

import copy
import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.layers import labels_json
from annotator.layers.answer import Labels
from annotator.layers.stored import StoredLabels, entity_rows, statement_rows
from tests.exports.zoo import labellings, texts


@given(texts, st.data())
@settings(max_examples=60, deadline=None)
def test_rows_and_values_are_the_same(text: str, drawn: st.DataObject) -> None:
    plain: Labels = drawn.draw(labellings(text, False))
    rows = StoredLabels(statement_rows(plain), entity_rows(plain), text)
    assert labels_json(rows, text) == labels_json(plain, text)
    assert rows == plain and plain == rows and hash(rows) == hash(plain)
    assert (rows.statements, rows.entities) == (plain.statements, plain.entities)
    assert pickle.loads(pickle.dumps(rows)) == plain == copy.copy(rows)
    assert repr(plain)[len("Labels") :] == repr(rows)[len("StoredLabels") :]


def test_rows_differ_from_what_is_no_labels() -> None:
    rows = StoredLabels([], [], "x")
    assert rows == Labels() and rows != ((), ())
    assert not hasattr(rows, "speaker")
