"""What figures, layers and labels are called on the pages of agreement, and how each figure is computed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.agreement import COEFFICIENTS
from annotator.i18n import gettext, language
from annotator.layers.scheme_faults import PLACES
from annotator.queries import registry
from annotator.queries import scheme as schemes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def _N(message: str) -> str:
    """Marks a text that is translated where it is shown."""
    return message


#: Name of a figure → its title, its formula in words and signs, its source.
FIGURES: dict[str, tuple[str, str, str]] = {
    "alpha": (
        _N("Krippendorff’s α"),
        _N("α = 1 − D_o / D_e: observed over expected disagreement, from all answers to sentences that two or more "
           "annotators finished. 1 is full agreement, 0 what chance would give."),
        "Krippendorff 2011",
    ),
    "percent": (
        _N("Percent agreement"),
        _N("Agreeing pairs of annotators among all pairs that share a sentence; not corrected for chance."),
        "Holsti 1969",
    ),
    "ac1": (
        _N("Gwet’s AC1"),
        _N("As Fleiss’ κ, with a chance that does not grow where one label dominates: read it beside α there."),
        "Gwet 2008",
    ),
    "kappa": (
        _N("Cohen’s κ"),
        _N("κ = (p_o − p_e) / (1 − p_e) of each pair, chance from each one’s own shares; mean over the pairs, weighted "
           "by the sentences that they share."),
        "Cohen 1960",
    ),
    "scott": (
        _N("Scott’s π"),
        _N("As Cohen’s κ, with chance from the shares of both together."),
        "Scott 1955",
    ),
    "fleiss": (
        _N("Fleiss’ κ"),
        _N("κ for any number of annotators: p_a from the pairs within each sentence, p_e from the mean shares of the "
           "labels."),
        "Fleiss 1971",
    ),
    "exact_f1": (
        _N("Exact F1"),
        _N("2 · matched / (a + b) over all sentences that both finished; matched: same start, end and type."),
        "Hripcsak & Rothschild 2005",
    ),
    "boundary_f1": (
        _N("F1 of the boundaries"),
        _N("As exact F1, without regard to the type."),
        "Hripcsak & Rothschild 2005",
    ),
    "overlap_f1": (
        _N("F1 of overlap"),
        _N("Matched: same type and at least one letter shared, in the largest one-to-one matching."),
        "Hripcsak & Rothschild 2005",
    ),
    "overlap_untyped_f1": (
        _N("F1 of overlap, any type"),
        _N("As F1 of overlap, without regard to the type."),
        "Hripcsak & Rothschild 2005",
    ),
    "token_alpha": (
        _N("α of the tokens"),
        _N("Corrected for chance: each type is a yes-or-no layer over the words; 1 − ΣD_o / ΣD_e over the types."),
        "Krippendorff 2011",
    ),
}

def figures_told() -> dict[str, tuple[str, str, str]]:
    """Every figure, those of COEFFICIENTS too that have no words here."""
    return {one.name: (one.title, "", one.paper) for one in COEFFICIENTS} | FIGURES


#: Layer → what it is called.
LAYERS = {
    "speaker": _N("Speaker"), "speaker_raw": _N("Speaker as worded"), "attribution": _N("Attribution"),
    "stance_target": _N("Targets of a stance"), "stance": _N("Stance"),
    "stance_pair": _N("Target and stance together"),
    "stance_where_same_target": _N("Stance where the target is the same"), "claim_type": _N("Claim type"),
    "entities": _N("Entities"), "extra_statements": _N("Further statements"),
}  # fmt: skip


def layer_title(layer: str) -> str:
    return gettext(LAYERS[layer])


@dataclass(frozen=True, slots=True)
class Labels:
    """What the labels of each layer are called in the language of the page."""

    names: Mapping[str, Mapping[str, str]]

    def __call__(self, layer: str, label: str) -> str:
        if layer == "stance_pair":
            target, _, value = label.partition(" ")
            return f"{self('stance_target', target)} · {self('stance', value)}" if value else label
        if layer == "stance_target" and label == "none":
            return gettext("no target")
        own = self.names.get("stance" if layer == "stance_where_same_target" else layer, {})
        return own.get(label, label)


def labels(session: Session, project_id: int, speakers: Collection[str] = ()) -> Labels:
    """The names of the scheme in force; `speakers` are keys of the registry."""
    scheme = schemes.in_force(session, project_id).scheme
    arabic = language() == "ar"
    names = {
        place: {label.id: label.ar if arabic else label.en for label in scheme.layer(place)} for place in PLACES
    }
    names["speaker"] = registry.speaker_names(session, project_id, speakers) | names["reserved"]
    return Labels(names)


def never_chosen(session: Session, project_id: int, layer: str, chosen: Collection[str]) -> list[str]:
    """The names of the labels in force that are not among the chosen ones; nothing for a layer of open labels."""
    if layer not in PLACES:
        return []
    arabic = language() == "ar"
    return [
        label.ar if arabic else label.en
        for label in schemes.in_force(session, project_id).scheme.layer(layer)
        if not label.retired and label.id not in chosen
    ]
