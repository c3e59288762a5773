"""The label config of Label Studio that fits our Label Studio export, written from the scheme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from annotator.layers.scheme import Label, Scheme
from annotator.snapshot import Snapshot

NAME = "label-studio-config"
MEDIA_TYPE = "application/xml"
EXTENSION = "xml"

ROW = "statement"
SURFACE = "speaker_words"
_COLOURS = (
    "#1f77b4", "#8c564b", "#2ca02c", "#d62728", "#9467bd", "#e377c2", "#ff7f0e", "#17becf", "#7f7f7f", "#bcbd22",
)  # fmt: skip


def write(snapshot: Snapshot) -> Iterator[bytes]:
    yield config(snapshot.scheme).encode()


def config(scheme: Scheme) -> str:
    """The config as XML: the sentence right to left, entities and extra statements as regions.

    The primary statement stands in controls of the whole sentence; those named `row_…` belong to a
    region, which is one further statement. Choices hold our label ids; their Arabic names are shown.
    """
    direction = "rtl" if scheme.language in ("ar", "fa", "ur", "he") else "ltr"
    rows = [
        "<View>",
        f'  <View style="direction: {direction}; unicode-bidi: isolate; font-size: 1.5em; line-height: 2">',
        '    <Labels name="entities" toName="text">',
        *_labels(scheme.entity_labels),
        "    </Labels>",
        '    <Labels name="regions" toName="text">',
        f'      <Label value="{ROW}" background="#cccccc" hint="جملة فيها قول آخر"/>',
        f'      <Label value="{SURFACE}" background="#ffd866" hint="ما يدل على المتحدّث"/>',
        "    </Labels>",
        '    <Text name="text" value="$text"/>',
        "  </View>",
        *_controls(scheme, ""),
        '  <TextArea name="new_speaker" toName="text" placeholder="متحدّث ليس في القائمة" maxSubmissions="1"/>',
        '  <TextArea name="comment" toName="text" placeholder="ملاحظة" maxSubmissions="1"/>',
        *_controls(scheme, "row_"),
        "</View>",
    ]
    return "\n".join(rows) + "\n"


def _labels(labels: Sequence[Label]) -> Iterator[str]:
    for n, label in enumerate(labels):
        colour = label.colour or _COLOURS[n % len(_COLOURS)]
        yield (
            f"      <Label value={quoteattr(label.id)} background={quoteattr(colour)} "
            f"hint={quoteattr(f'{label.ar}: {label.def_ar}')}/>"
        )


def _controls(scheme: Scheme, prefix: str) -> Iterator[str]:
    region = ' perRegion="true" whenTagName="regions" whenLabelValue="statement"' if prefix else ""
    yield f'  <Choices name="{prefix}speaker" toName="text" value="$speakers" choice="single"{region}/>'
    for name, labels in (
        ("attribution", scheme.attributions),
        ("stance_target", scheme.targets),
        ("stance", scheme.stance_values),
        ("claim_type", scheme.claim_types),
    ):
        yield f'  <Choices name="{prefix}{name}" toName="text" choice="single" showInline="true"{region}>'
        for label in labels:
            yield (
                f"    <Choice value={quoteattr(label.id)} html={quoteattr(label.ar)} "
                f"hint={quoteattr(label.def_ar or label.ar)}/>"
            )
        yield "  </Choices>"
