"""The methods that the quality benchmark fits: names of rows and what they change in the preset."""

from dataclasses import dataclass

from inphase.models.pose.features import SIZE

CLASSIFICATION = "objectives.tcc.loss=classification"
UNIT = "encoder.unit_length=true"
TRANSFORMER = "encoder.embedder=transformer"


@dataclass(frozen=True)
class Method:
    """One way to fit an encoder.

    Attributes:
        overrides: changes to the preset, as ``--set`` takes them.
        objective: replaces the preset's; None keeps it.
        trained: False leaves the encoder as it was initialized.
    """

    overrides: tuple[str, ...] = ()
    objective: str | None = None
    trained: bool = True


PRESET = {"preset": Method()}
# All terms of a combination have weight 1, as in the released code.
OBJECTIVES = {
    "tcc": Method((CLASSIFICATION,), "tcc"),
    "tcc regression": Method(("objectives.tcc.loss=regression",), "tcc"),
    "tcn": Method((), "tcn"),
    "sal": Method((), "sal"),
    "tcc+tcn": Method((CLASSIFICATION,), "tcc+tcn"),
    "tcc+sal": Method((CLASSIFICATION,), "tcc+sal"),
    "tcc+tcn+sal": Method((CLASSIFICATION,), "tcc+tcn+sal"),
    # The papers of these compare embeddings of unit length.
    "lav": Method((UNIT,), "lav"),
    "lav, mean": Method((UNIT, "objectives.lav.regularizer=mean"), "lav"),
    "gta": Method((UNIT,), "gta"),
    "gta, as released": Method((UNIT, "objectives.gta.cycle=logits"), "gta"),
    "carl": Method((UNIT,), "carl"),
    "carl, transformer": Method((UNIT, TRANSFORMER), "carl"),
    "carl, transformer, positions": Method((UNIT, TRANSFORMER, "encoder.positions=true"), "carl"),
    "prototype": Method((UNIT,), "prototype"),
    "tcc, transformer": Method((CLASSIFICATION, TRANSFORMER), "tcc"),
    "supervised 10 %": Method(("labelled_share=0.1",), "supervised"),
    "supervised 50 %": Method(("labelled_share=0.5",), "supervised"),
    "supervised 100 %": Method(("labelled_share=1.0",), "supervised"),
    "untrained encoder": Method(trained=False),
}
# With `--preset poses`.
POSES = {
    "poses": Method(),
    "poses, not fitted": Method(
        (
            "encoder.embedder=none",
            "encoder.context_frames=1",
            f"encoder.embedding_size={SIZE}",
            "encoder.smoothing=0",
        ),
        trained=False,
    ),
}
GROUPS = {"preset": PRESET, "objectives": OBJECTIVES, "poses": POSES}
