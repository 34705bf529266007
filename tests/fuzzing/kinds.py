"""What is broken, and the verbs that read it."""

from dataclasses import dataclass

from tests.fuzzing.seeds import TRAINING

# {bad} is broken; {a} to {d} are whole videos, {out} is a free name.
_READING = (
    "data check {bad} {a} -o {out}.json",
    "embed {bad} {a} --model {model} -o {out}.npz",
    "align {a} {bad} --model {model} -o {out}.csv",
    "align {bad} {a} --model {model} -o {out}.json",
    "synchronize {bad} {a} {b} --model {model} -o {out}.json",
    "synchronize {bad} {a} --model {model} -o {out}.otio",
    "sound {bad} --sources {a} --model {model} -o {out}.wav",
    "sound {a} --sources {bad} --model {model} -o {out}.wav",
    "cut {bad} --model {model} -o {out}",
    "index add {bad} {a} --model {model} --store {out}",
    "progress {bad} --demonstrations {a} {b} --model {model} -o {out}.csv",
    "anomaly {a} --typical {b} {c} {bad} --model {model} -o {out}.json",
    "follow {bad} --reference {a} --model {model} -o {out}.jsonl",
    "retrieve {bad}@0.5 --store {store} -o {out}.json",
    "trajectories {bad} {a} --model {model} --method pca -o {out}.csv",
    "transfer {a}={captions} {bad} {a} --model {model} --format srt -o {out}",
    "view {bad} {a} --model {model} --export {out}",
)
# They write videos or fit, which takes a second: fewer of them.
_SLOW = (
    "synchronize {bad} {a} --model {model} -o {out}.mp4",
    "sound {a} --sources {bad} --model {model} -o {out}.mp4",
    "sound {bad} --sources {a} --model {model} -o {out}.mp4",
    f"train {{bad}} {{a}} {{b}} -o {{out}} --cache {{cache}} {TRAINING}",
)
_VIDEO = 3 * _READING + _SLOW


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Attributes:
        name: as in the table.
        whole: its files, below the folder of the seeds; one of them is broken.
        lines: verbs that read it.
        also_pipes: whether a pipe may take its place: those who name one as a text wait for it.
        share: how often it is drawn.
    """

    name: str
    whole: tuple[str, ...]
    lines: tuple[str, ...]
    also_pipes: bool = False
    share: int = 1


KINDS = (
    Kind("mp4", ("clip.mp4", "fragments.mp4"), _VIDEO, True, 4),
    Kind("mov", ("clip.mov",), _VIDEO, True, 2),
    Kind("mkv, webm", ("clip.mkv", "clip.webm"), _VIDEO, True, 3),
    Kind("avi", ("clip.avi",), _VIDEO, True, 2),
    Kind("ts", ("clip.ts",), _VIDEO, True),
    Kind("gif", ("clip.gif",), _VIDEO, True),
    Kind(
        "wav",
        ("clip.wav",),
        (
            "sound {a} --sources {bad} --model {model} -o {out}.wav",
            "data check {bad} {a}",
            "embed {bad} {a} --model {model} -o {out}.npz",
        ),
        True,
    ),
    Kind("folder of images", ("images",), _READING, False, 2),
    Kind(
        "labels.json",
        ("labels.json",),
        (
            "data check {bad}",
            "synchronize {bad} --split test --model {model} -o {out}.json",
            "evaluate {model} {bad} -o {out} --no-shortcuts --bootstrap 3 --few-shot 1",
            "transfer {bad} {clip} --source a --model {model} --format json -o {out}",
            "anomaly {d} --typical {bad} --by-group --model {model} -o {out}.csv",
            "view {bad} --model {model} --export {out}",
            "view {a} {b} --labels {bad} --model {model} --export {out}",
            f"train {{bad}} -o {{out}} --cache {{cache}} {TRAINING}",
        ),
        share=3,
    ),
    Kind(
        "labels of other programs",
        ("segments.json", "events.csv", "spans.csv"),
        (
            "data convert {bad} {a} {b} {c} {d} -o {out}.json",
            "transfer {bad} {clip} --source a --model {model} -o {out}",
        ),
        share=2,
    ),
    Kind(
        "captions, sensor data",
        ("captions/a.vtt", "subtitles/a.srt", "sensor/a.csv"),
        (
            "transfer {a}={bad} {b} --model {model} -o {out}",
            "transfer {a}={bad} {b} {c} --model {model} --format csv -o {out}",
        ),
        share=2,
    ),
    Kind(
        "YAML",
        ("config.yaml",),
        (
            "train {a} {b} -o {out} --cache {cache} --config {bad} --set steps=1 "
            "--set encoder.image_size=32",
        ),
        share=2,
    ),
    Kind(
        "alignment.json",
        ("alignment.json",),
        (
            "synchronize {a} {b} {c} {d} --model {model} --alignment {bad} -o {out}.json",
            "view {a} {b} --model {model} --alignment {bad} --export {out}",
            "transfer {a}={captions} {b} --model {model} --alignment {bad} -o {out}",
        ),
        share=2,
    ),
    Kind(
        "model folder",
        ("model",),
        (
            "embed {a} --model {bad} -o {out}.npz",
            "synchronize {a} {b} --model {bad} -o {out}.json",
            "follow {a} --reference {b} --model {bad}",
            "index add {a} --model {bad} --store {out}",
            "evaluate {bad} {labels} -o {out} --no-shortcuts --bootstrap 3 --few-shot 1",
        ),
        share=3,
    ),
    Kind(
        "store",
        ("store",),
        (
            "index list --store {bad}",
            "index list --json --store {bad}",
            "index add {a} {d} --model {model} --store {bad}",
            "index remove a --store {bad}",
            "retrieve {a}@0.5 --store {bad} -o {out}.json",
        ),
        share=3,
    ),
    Kind(
        "run folder",
        ("run", "unfinished"),
        (
            f"train {{videos}} -o {{bad}} --cache {{cache}} {TRAINING}",
            "embed {a} --model {bad}/model -o {out}.npz",
        ),
        share=3,
    ),
    Kind(
        "caches",
        ("cache",),
        (
            f"train {{videos}} -o {{out}} --cache {{bad}} {TRAINING}",
            "synchronize {videos} --model {model} -o {out}.json --cache {bad}",
            "cache show",  # of the user's, which is the broken one
            "cache clear embeddings features",
        ),
        share=2,
    ),
    Kind("evaluations", ("report",), ("compare {bad} {report}", "compare {report} {bad}")),
    Kind(
        "embeddings .npz",
        ("embeddings.npz",),
        (
            "embed {bad} {a} --model {model} -o {out}.npz",
            "embed {a} --model {bad} -o {out}.npz",
            "data check {bad}",
        ),
    ),
)
