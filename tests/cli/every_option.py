"""Each verb's options, and where each must arrive: the table of `test_every_option.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from inphase.applications.marks import Mark
from inphase.data import Collection, Video
from inphase.data.annotations import AnnotatedVideo, Annotations
from inphase.models import Embeddings
from inphase.models.pose import Place
from inphase.store.merging import MergeReport
from inphase.store.sharding import Shard, ShardReport


@dataclass(frozen=True)
class Row:
    """What an option changes.

    Attributes:
        words: added to the line.
        where: a function's name, its argument, and the way from there: `embed.videos.names`. A
            number after the function's name picks one of its calls, by default the first.
        value: what is there with these words, and not without them.
        also: other places and values, where the option serves several functions.
    """

    words: str
    where: str
    value: Any
    also: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verb:
    """A verb's least line, what the functions behind it answer, and its options.

    Attributes:
        words: the least that can be typed.
        answers: what each function behind it returns, by `module:name`; `Embeddings` stands for
            those of the given videos, a lambda for what it makes.
        rows: by the option's first name; what is asked of an argument stands under its own name.
    """

    words: str
    answers: Mapping[str, Any]
    rows: Mapping[str, Row] = field(default_factory=dict)


def alignment(where: str, *names: str) -> dict[str, Row]:
    """Rows of the alignment options, all or some of them."""
    rows = {
        "--distance": Row("--distance cosine", "distance", "cosine"),
        "--window": Row("--window 0.25", "window", 0.25),
        "--max-slope": Row("--max-slope 7", "max_slope", 7),
        "--open-begin": Row("--open-begin", "open_begin", True),
        "--open-end": Row("--open-end", "open_end", True),
        "--open-in": Row("--open-in query", "open_in", "query"),
    }
    chosen = names or tuple(rows)
    return {
        name: Row(row.words, f"{where}.{row.where}", row.value)
        for name, row in rows.items()
        if name in chosen
    }


# What a job returns where nothing of it is looked at but how it is saved.
RESULT = MagicMock(skipped=(), queries=(), neighbours=(), cuts=(), segments=(), blocks=())
EMBED = "inphase.models:embed"
MODEL = Row("--model other", "embed.model", Path("other"))
BOTH_BY_MODEL = replace(MODEL, also={"embed.1.model": Path("other")})
# Of the labels.json, two of four videos.
SPLIT = Row("--split test", "embed.videos.names", ("c", "d"))
STRICT = Row("--strict", "say_verdict.strict", True)
STORE = Row("--store other", "Store.folder", Path("other"))
RATE = "inphase.video.rates:assume_rate"
CAMERA = "inphase.data.lerobot.cameras:choose_camera"
FPS = {
    "--fps": Row("--fps 10", "assume_rate.fps", 10.0),
    "--camera": Row("--camera top", "choose_camera.name", "top"),
}
MARKED = {
    "inphase.applications.marks:read_marks": (Mark("impact", dict.fromkeys("abcd", 0.1)),),
    "inphase.applications.synchronization.by_marks:synchronize_by_marks": RESULT,
}
MARKS = {
    "--at": Row(
        "--at impact",
        "read_marks.words",
        ["impact"],
        {"synchronize_by_marks.marks.0.name": "impact"},
    ),
    "--anchor": Row(
        "--anchor impact",
        "read_marks.words",
        ["impact"],
        {"synchronize.anchors.source": "The marks"},
    ),
}
VERBS: dict[str, Verb] = {
    "synchronize": Verb(
        "labels.json -o out.json",
        {
            RATE: None,
            CAMERA: None,
            "inphase.training.choosing:choose_model": Path("fitted"),
            "inphase.applications.synchronization.mirroring:mirror_images": (),
            "inphase.cli.verdict:say_verdict": 0,
            EMBED: Embeddings,
            "inphase.applications.synchronization.synchronize:synchronize": RESULT,
            **MARKED,
            "inphase.applications.synchronization.writers:edit_plan": SimpleNamespace(
                tracks=(), cuts=0
            ),
        },
        {
            "videos": Row("", "embed.videos.names", ("a", "b", "c", "d")),
            "--output": Row("-o other.json", "save.path", Path("other.json")),
            "--reference": Row("--reference b", "synchronize.reference", "b"),
            "--joint": Row("--joint", "synchronize.joint", True),
            "--model": MODEL,
            "--separate": Row("--separate -o each", "save_separate.path", Path("each")),
            "--alignment": Row(
                "--alignment anchors.json", "synchronize.anchors.source", "anchors.json"
            ),
            "--width": Row("--width 640", "save.width", 640),
            "--layout": Row("--layout overlay", "save.clip.layout", "overlay"),
            "--aspect": Row("--aspect 9:16", "save.clip.aspect", "9:16"),
            "--from": Row("--from 0.1", "save.clip.start", "0.1"),
            "--to": Row("--to 0.2", "save.clip.end", "0.2"),
            "--speed": Row("--speed 0.5", "save.clip.speed", 0.5),
            "--slow": Row("--slow 0.1-0.2:0.5", "save.clip.slow", ("0.1-0.2:0.5",)),
            "--hold": Row("--hold 0.1", "save.clip.hold", ("0.1",)),
            "--crop": Row("--crop subject", "save.clip.crop", "subject"),
            "--skeleton": Row("--skeleton", "save.clip.skeleton", True),
            "--trail": Row("--trail wrists", "save.clip.trail", ("wrists",)),
            "--cut-error": Row(
                "--cut-error 5 -o x.otio", "save.cut_error", 5, {"edit_plan.error": 5}
            ),
            "--split": SPLIT,
            "--features": Row("--features pose", "choose_model.features", "pose"),
            "--fit": Row("--no-fit", "choose_model.fit", False),
            "--subject": Row(
                "--subject b=320,200@1.5",
                "choose_model.subjects",
                {"b": Place(320, 200, 1.5)},
                {"embed.subjects": {"b": Place(320, 200, 1.5)}},
            ),
            "--mirror": Row("--mirror always", "embed.1.mirrored", True),
            "--flip": Row("--flip", "save.flip", True),
            **MARKS,
            "--mark-doubt": Row("--mark-doubt", "save.mark_doubt", True),
            "--strict": STRICT,
            "--preset": Row("--preset pouring", "choose_model.config.fps", 30),
            "--set": Row("--set steps=7", "choose_model.overrides", ["steps=7"]),
            "--cache": Row(
                "--cache kept",
                "embed.cache",
                Path("kept"),
                {"choose_model.cache": Path("kept")},
            ),
            **alignment("synchronize.options"),
            **FPS,
        },
    ),
    "view": Verb(
        "labels.json",
        {RATE: None, CAMERA: None, "inphase.viewer.view:view": ()},
        {
            "videos": Row("", "view.videos.names", ("a", "b", "c", "d")),
            "--model": Row("--model other", "view.model", Path("other")),
            "--export": Row("--export page", "view.export", Path("page")),
            "--reference": Row("--reference b", "view.reference", "b"),
            "--labels": Row("--labels mine.json", "view.labels", Path("mine.json")),
            "--alignment": Row("--alignment x.json", "view.alignment", Path("x.json")),
            "--host": Row("--host 0.0.0.0", "view.host", "0.0.0.0"),
            "--port": Row("--port 8123", "view.port", 8123),
            "--open": Row("--no-open", "view.open_browser", False),
            "--split": Row("--split test", "view.videos.names", ("c", "d")),
            "--features": Row("--features pose", "view.features", "pose"),
            "--fit": Row("--fit", "view.fit", True),
            "--subject": Row(
                "--subject b=320,200@1.5", "view.subjects", {"b": Place(320, 200, 1.5)}
            ),
            "--preset": Row("--preset pouring", "view.config.fps", 30),
            "--set": Row("--set steps=7", "view.overrides", ["steps=7"]),
            "--cache": Row("--cache kept", "view.cache", Path("kept")),
            **alignment("view.options"),
            **FPS,
        },
    ),
    "cut": Verb(
        "labels.json -o clips",
        {RATE: None, CAMERA: None, "inphase.applications.repetitions.cut:cut_videos": RESULT},
        {
            "videos": Row("", "cut_videos.videos.names", ("a", "b", "c", "d")),
            "--output": Row("-o others", "save.path", Path("others")),
            "--model": Row("--model other", "cut_videos.model", Path("other")),
            "--features": Row("--features pose", "cut_videos.features", "pose"),
            "--subject": Row(
                "--subject a=1,2@3", "cut_videos.subjects", {"a": Place(1.0, 2.0, 3.0)}
            ),
            "--shortest": Row("--shortest 0.7", "cut_videos.shortest", 0.7),
            "--longest": Row("--longest 3.5", "cut_videos.longest", 3.5),
            "--least-confidence": Row("--least-confidence 0.6", "cut_videos.least_confidence", 0.6),
            "--split": Row("--split test", "cut_videos.videos.names", ("c", "d")),
            **FPS,
        },
    ),
    "follow": Verb(
        "live.ts --reference a.mp4 --model model",
        {
            RATE: None,
            CAMERA: None,
            "inphase.video:probe": SimpleNamespace(duration=2.0),
            "inphase.applications.following:follow": lambda: iter([object()]),
            "inphase.applications.following:show": SimpleNamespace(
                frames=1, nobody=0, verdict=None
            ),
            "inphase.cli.verdict:say_verdict": 0,
        },
        {
            "query": Row("", "follow.query", "live.ts"),
            "--reference": Row("--reference b.mp4", "follow.reference", Path("b.mp4")),
            "--model": Row("--model other", "follow.model", Path("other")),
            "--output": Row("-o lines.jsonl", "show.lines.name", "lines.jsonl"),
            "--look-back": Row("--look-back 1.5", "follow.look_back", 1.5),
            "--wait": Row("--wait 9", "follow.wait", 9.0),
            "--subject": Row("--subject a=320,200@1.5", "follow.subject", Place(320, 200, 1.5)),
            "--background": Row("--background start", "follow.background", "start"),
            "--max-speed": Row("--max-speed 5", "follow.max_speed", 5),
            "--open-begin": Row("--open-begin", "follow.open_begin", True),
            "--strict": STRICT,
            **FPS,
        },
    ),
    "train": Verb(
        "labels.json -o run",
        {
            RATE: None,
            CAMERA: None,
            "inphase.training:train": SimpleNamespace(model=Path("run/model"), skipped=()),
            "inphase.training.processes:launch": 0,
        },
        {
            "videos": Row("", "train.videos", "labels.json"),
            "--output": Row("-o other", "train.output", Path("other")),
            "--split": Row("--split test", "train.split", "test"),
            "--preset": Row("--preset pouring", "train.config.fps", 30),
            "--config": Row("--config mine.yaml", "train.config.steps", 11),
            "--objective": Row("--objective sal", "train.config.objectives", {"sal": {}}),
            "--set": Row("--set steps=7 --set seed=3", "train.config.seed", 3),
            "--cache": Row("--cache kept", "train.cache", Path("kept")),
            "--logger": Row("--logger csv --logger wandb", "train.loggers", ["csv", "wandb"]),
            "--devices": Row("--devices 2", "launch.devices", 2),
            **FPS,
        },
    ),
    "embed": Verb(
        "labels.json --model model -o out.npz",
        {
            RATE: None,
            CAMERA: None,
            EMBED: Embeddings,
            "inphase.models:Embeddings.save": (),
            "inphase.store.sharding:embed_shard": ShardReport((), (), ()),
        },
        {
            "videos": Row("", "embed.videos.names", ("a", "b", "c", "d")),
            "--model": MODEL,
            "--output": Row("-o out.parquet", "Embeddings.save.path", Path("out.parquet")),
            "--subject": Row(
                "--subject b=320,200@1.5", "embed.subjects", {"b": Place(320, 200, 1.5)}
            ),
            "--split": SPLIT,
            "--shard": Row(
                "--shard 2/3",
                "embed_shard.shard",
                Shard(2, 3),
                also={"embed_shard.folder": Path("out.npz"), "embed_shard.model": Path("model")},
            ),
            **FPS,
        },
    ),
    "align": Verb(
        "b.mp4 a.mp4 c.mp4 -o out.json",
        {
            RATE: None,
            CAMERA: None,
            "inphase.training.choosing:choose_model": Path("fitted"),
            EMBED: Embeddings,
            "inphase.applications.synchronization.synchronize:synchronize": RESULT,
            **MARKED,
            "inphase.cli.verdict:say_verdict": 0,
        },
        {
            **MARKS,
            "--strict": STRICT,
            "reference": Row("", "synchronize.reference", "b"),
            "queries": Row("", "embed.videos.names", ("b", "a", "c")),
            "--model": MODEL,
            "--output": Row("-o out.csv", "save.path", Path("out.csv")),
            **alignment("synchronize.options"),
            **FPS,
        },
    ),
    "sound": Verb(
        "b.mp4 --sources a.mp4 --model model -o out.wav",
        {
            RATE: None,
            CAMERA: None,
            EMBED: Embeddings,
            "inphase.applications.sound_transfer.transfer_sound:check_sources": None,
            "inphase.video.muxing:check_picture_can_be_copied": None,
            "inphase.applications.sound_transfer.transfer_sound:transfer_sound": RESULT,
        },
        {
            "target": Row("", "transfer_sound.target", "b"),
            "--sources": Row("--sources c.mp4 d.mp4", "embed.videos.names", ("b", "a", "c", "d")),
            "--model": MODEL,
            "--output": Row("-o out.mp4", "save.path", Path("out.mp4")),
            "--block": Row("--block 3", "transfer_sound.block", 3),
            "--paper": Row("--paper", "transfer_sound.paper", True),
            **alignment("transfer_sound.options"),
            **FPS,
        },
    ),
    "index add": Verb(
        "labels.json --model model",
        {
            RATE: None,
            CAMERA: None,
            "inphase.store:Store": None,
            "inphase.store:Store.add": MagicMock(skipped=(), index=None),
            "inphase.store:Store.videos": (),
        },
        {
            "videos": Row("", "Store.add.videos.names", ("a", "b", "c", "d")),
            "--model": Row("--model other", "Store.add.model", Path("other")),
            "--store": STORE,
            "--metadata": Row(
                "--metadata coach=anna --metadata day=2",
                "Store.add.metadata",
                {"coach": "anna", "day": "2"},
            ),
            "--split": Row("--split test", "Store.add.videos.names", ("c", "d")),
            **FPS,
        },
    ),
    "index merge": Verb(
        "shards",
        {
            "inphase.store:Store": None,
            "inphase.store:Store.merge": MergeReport((), (), (), (), ()),
            "inphase.store:Store.videos": (),
        },
        {
            "shards": Row("", "Store.merge.shards", [Path("shards")]),
            "--store": STORE,
        },
    ),
    "index compact": Verb(
        "",
        {"inphase.store:Store": None, "inphase.store:Store.compact": ()},
        {"--store": STORE},
    ),
    "index list": Verb(
        "",
        {"inphase.store:Store": None, "inphase.store:Store.videos": ()},
        {"--store": STORE, "--json": Row("--json", "print.text", "[]")},
    ),
    "index remove": Verb(
        "a",
        {"inphase.store:Store": None, "inphase.store:Store.remove": ("a",)},
        {"names": Row("", "Store.remove.names", ["a"]), "--store": STORE},
    ),
    "retrieve": Verb(
        "a.mp4@1.2 -o out.png",
        {RATE: None, CAMERA: None, "inphase.applications.retrieval.retrieve:retrieve": RESULT},
        {
            "queries": Row("", "retrieve.queries", ["a.mp4@1.2"]),
            "-k": Row("-k 7", "retrieve.k", 7),
            "--output": Row("-o two.json", "save.1.path", Path("two.json")),
            "--store": Row("--store other", "retrieve.store", Path("other")),
            "--model": Row("--model other", "retrieve.model", Path("other")),
            "--per-video": Row("--per-video 0", "retrieve.per_video", None),
            "--same-video": Row("--same-video", "retrieve.same_video", True),
            "--video": Row("--video b --video c", "retrieve.condition.videos", ("b", "c")),
            "--from": Row("--from 0.5", "retrieve.condition.start", 0.5),
            "--to": Row("--to 1.5", "retrieve.condition.end", 1.5),
            "--metadata": Row(
                "--metadata coach=anna", "retrieve.condition.metadata", {"coach": "anna"}
            ),
            "--exact": Row("--exact", "retrieve.exact", True),
            "--width": Row("--width 640", "save.width", 640),
            **FPS,
        },
    ),
    "transfer": Verb(
        "a.srt labels.json --model model -o out",
        {
            RATE: None,
            CAMERA: None,
            "inphase.data:read_annotations": (
                AnnotatedVideo(Video("a", Path("a.mp4")), Annotations()),
            ),
            EMBED: Embeddings,
            "inphase.applications.label_transfer.transfer:transfer": RESULT,
            "inphase.cli.verdict:say_verdict": 0,
        },
        {
            "labels": Row("", "read_annotations.sources", ["a.srt"]),
            "videos": Row("", "embed.videos.names", ("b", "c", "d", "a")),
            "--model": MODEL,
            "--output": Row("-o others", "save.path", Path("others")),
            "--also": Row("--also b.srt", "read_annotations.sources", ["a.srt", "b.srt"]),
            "--source": Row("--source a", "read_annotations.names", ["a"]),
            "--format": Row("--format srt --format mp4", "save.formats", ["srt", "mp4"]),
            "--alignment": Row(
                "--alignment anchors.json", "transfer.anchors.source", "anchors.json"
            ),
            "--strict": STRICT,
            "--split": Row("--split test", "embed.videos.names", ("c", "d", "a")),
            **alignment("transfer.options"),
            **FPS,
        },
    ),
    "export": Verb(
        "model -o model.onnx",
        {"inphase.models:Encoder.load": MagicMock(), "inphase.models:export": None},
        {
            "model": Row("", "Encoder.load.folder", Path("model")),
            "--output": Row("-o other.xml", "export.path", Path("other.xml")),
        },
    ),
    "measure": Verb(
        "labels.json -o out.csv",
        {
            RATE: None,
            CAMERA: None,
            "inphase.training.choosing:choose_model": Path("fitted"),
            "inphase.applications.synchronization.mirroring:mirror_images": (),
            EMBED: Embeddings,
            "inphase.applications.synchronization.synchronize:synchronize": RESULT,
            **MARKED,
            "inphase.applications.marks:marked_seconds": {},
            "inphase.video:probe": SimpleNamespace(duration=2.0),
            "inphase.models.pose:PoseTracks": None,
            "inphase.applications.measurement.measure:measure": RESULT,
            "inphase.cli.verdict:say_verdict": 0,
        },
        {
            **MARKS,
            "videos": Row("", "embed.videos.names", ("a", "b", "c", "d")),
            "--output": Row("-o two.json", "save.1.path", Path("two.json")),
            "--reference": Row("--reference b", "synchronize.reference", "b"),
            "--typical": Row("--typical e.mp4 f.mp4 new.mp4", "measure.typical", ("e", "f", "new")),
            "--event": Row(
                "--event top=1.5", "measure.events", {RESULT.reference.name: {"top": 1.5}}
            ),
            "--in-picture": Row("--in-picture", "measure.in_depth", False),
            "--model": MODEL,
            "--alignment": Row(
                "--alignment anchors.json", "synchronize.anchors.source", "anchors.json"
            ),
            "--subject": Row(
                "--subject b=320,200@1.5",
                "choose_model.subjects",
                {"b": Place(320, 200, 1.5)},
                {"PoseTracks.subjects": {Path("b.mp4"): Place(320, 200, 1.5)}},
            ),
            "--mirror": Row("--mirror always", "embed.1.mirrored", True),
            "--width": Row("--width 640", "save.width", 640),
            "--cache": Row(
                "--cache kept",
                "embed.cache",
                Path("kept"),
                {"PoseTracks.folder": Path("kept/landmarks")},
            ),
            "--strict": STRICT,
            "--split": SPLIT,
            **alignment("synchronize.options"),
            **FPS,
        },
    ),
    "anomaly": Verb(
        "new.mp4 --typical labels.json --model model -o out.png",
        {
            RATE: None,
            CAMERA: None,
            EMBED: Embeddings,
            "inphase.applications.anomalies.find_anomalies:find_anomalies": RESULT,
        },
        {
            "video": Row("", "find_anomalies.video.name", "new"),
            "--typical": Row(
                "--typical e.mp4 f.mp4", "embed.videos.names", ("a", "b", "c", "d", "e", "f")
            ),
            "--model": BOTH_BY_MODEL,
            "--output": Row("-o two.json", "save.1.path", Path("two.json")),
            "--alpha": Row("--alpha 0.2", "find_anomalies.alpha", 0.2),
            "--span": Row("--span 0.5", "find_anomalies.span", 0.5),
            "--by-group": Row(
                "--by-group", "find_anomalies.groups", ["anna", "ben", "cleo", "cleo"]
            ),
            "--width": Row("--width 640", "save.width", 640),
            "--split": SPLIT,
            "--distance": Row("--distance cosine", "find_anomalies.distance", "cosine"),
            **FPS,
        },
    ),
    "progress": Verb(
        "new.mp4 --demonstrations labels.json --model model -o out.csv",
        {
            RATE: None,
            CAMERA: None,
            EMBED: Embeddings,
            "inphase.applications.progress_signal.measure:Goal": None,
            "inphase.applications.progress_signal.measure:measure_progress": MagicMock(
                progress=[0.9], distance_to_goal=[0.1]
            ),
            "inphase.cli.verdict:say_verdict": 0,
        },
        {
            "video": Row("", "measure_progress.video.name", "new"),
            "--demonstrations": Row(
                "--demonstrations e.mp4 f.mp4",
                "embed.videos.names",
                ("a", "b", "c", "d", "e", "f"),
            ),
            "--model": BOTH_BY_MODEL,
            "--output": Row("-o two.json", "save.1.path", Path("two.json")),
            "--strict": STRICT,
            "--split": SPLIT,
            "--distance": Row("--distance cosine", "Goal.distance", "cosine"),
            **FPS,
        },
    ),
    "retime": Verb(
        "set --model model -o out",
        {
            RATE: None,
            CAMERA: None,
            EMBED: Embeddings,
            "inphase.data.lerobot:open_robot_dataset": SimpleNamespace(episodes=()),
            "inphase.data:Collection.open": Collection((Video("a", Path("a.mp4")),)),
            "inphase.data.lerobot.episodes:episode_places": (),
            "inphase.applications.retiming.retime:retime": SimpleNamespace(
                references={}, frames={}, verdicts=()
            ),
            "inphase.applications.retiming.retime:write_retimed": None,
            "inphase.cli.verdict:say_verdict": 0,
        },
        {
            "dataset": Row("", "open_robot_dataset.folder", Path("set")),
            "--output": Row("-o other", "write_retimed.folder", Path("other")),
            "--model": MODEL,
            "--reference": Row("--reference b", "retime.reference", "b"),
            "--trim": Row("--trim", "retime.trim", True),
            "--strict": STRICT,
            "--distance": Row("--distance cosine", "retime.options.distance", "cosine"),
            **FPS,
        },
    ),
    "trajectories": Verb(
        "labels.json --model model -o out.png",
        {
            RATE: None,
            CAMERA: None,
            EMBED: Embeddings,
            "inphase.applications.trajectory.trajectories:trajectories": RESULT,
        },
        {
            "videos": Row("", "embed.videos.names", ("a", "b", "c", "d")),
            "--model": MODEL,
            "--output": Row("-o two.html", "save.1.path", Path("two.html")),
            "--add": Row("--add e.mp4 f.mp4 --method pca", "trajectories.added.1.name", "f"),
            "--method": Row("--method pca", "trajectories.method", "pca"),
            "--perplexity": Row("--perplexity 12", "trajectories.perplexity", 12.0),
            "--frames": Row("--frames 5", "trajectories.frames", 5),
            "--seed": Row("--seed 3", "trajectories.seed", 3),
            "--width": Row("--width 640", "save.width", 640),
            "--split": SPLIT,
            **FPS,
        },
    ),
    "evaluate": Verb(
        "run other labels.json",
        {
            "inphase.evaluation:evaluate": RESULT,
            "inphase.evaluation.protocol:model_folder": Path("run/model"),
            "inphase.evaluation.report.tables:tables": (),
        },
        {
            "models": Row("", "evaluate.models", [Path("run"), Path("other")]),
            "labels": Row("", "evaluate.labels", "labels.json"),
            "--output": Row("-o report", "save.path", Path("report")),
            "--train-split": Row("--train-split fit", "evaluate.options.train_split", "fit"),
            "--test-split": Row("--test-split val", "evaluate.options.test_split", "val"),
            "--shared-groups": Row("--shared-groups", "evaluate.options.shared_groups", True),
            "--stride": Row("--stride 4", "evaluate.options.scoring.stride", 4),
            "--classifier": Row(
                "--classifier logistic", "evaluate.options.scoring.classifier", "logistic"
            ),
            "--few-shot": Row(
                "--few-shot 2 --few-shot 3", "evaluate.options.scoring.few_shot", (2, 3)
            ),
            "--shortcuts": Row("--no-shortcuts", "evaluate.options.shortcuts", False),
            "--bootstrap": Row("--bootstrap 77", "evaluate.options.bootstrap", 77),
            "--seed": Row("--seed 3", "evaluate.options.scoring.seed", 3),
            **alignment("evaluate.options.alignment", "--distance", "--window", "--max-slope"),
        },
    ),
    "compare": Verb(
        "one two",
        {
            "inphase.evaluation:compare": RESULT,
            "inphase.evaluation.report.tables:comparison_table": "",
        },
        {
            "runs": Row("", "compare.runs", [Path("one"), Path("two")]),
            "--output": Row("-o out.csv", "save.path", Path("out.csv")),
            "--bootstrap": Row("--bootstrap 77", "compare.draws", 77),
            "--seed": Row("--seed 3", "compare.seed", 3),
        },
    ),
    "data check": Verb(
        "labels.json",
        {
            RATE: None,
            CAMERA: None,
            "inphase.applications.collection_check.check:check_collection": RESULT,
            "inphase.applications.collection_check.table:summary_table": "",
            "inphase.applications.collection_check.table:finding_lines": (),
        },
        {
            "videos": Row("", "check_collection.videos.names", ("a", "b", "c", "d")),
            "--output": Row("-o out.json", "save.path", Path("out.json")),
            **FPS,
        },
    ),
    "data convert": Verb(
        "marks.csv a.mp4 -o out.json",
        {
            RATE: None,
            CAMERA: None,
            "inphase.data.formats:convert_labels": MagicMock(counts={}, videos=(), mistakes=()),
        },
        {
            "labels": Row("", "convert_labels.labels", Path("marks.csv")),
            "videos": Row("", "convert_labels.videos", ["a.mp4"]),
            "--output": Row("-o other.json", "save.path", Path("other.json")),
            "--events": Row("--events 'lift, drop'", "convert_labels.events", ["lift", "drop"]),
            "--instants": Row("--instants", "convert_labels.instants", True),
            "--tier": Row("--tier phases", "convert_labels.tier", "phases"),
            "--action": Row(
                "--action squat --action bowl", "convert_labels.actions", ["squat", "bowl"]
            ),
            **FPS,
        },
    ),
    "draw": Verb(
        "-o drawn",
        {"inphase.synthetic:write_collection": ()},
        {
            "--output": Row("-o other", "write_collection.folder", Path("other")),
            "--action": Row("--action swing", "write_collection.action", "swing"),
            "--count": Row("--count 3", "write_collection.count", 3),
            "--views": Row("--views 2", "write_collection.views", 2),
            "--seed": Row("--seed 3", "write_collection.seed", 3),
        },
    ),
    "cache show": Verb("", {}),
    "cache clear": Verb(
        "features runs",
        {"inphase.cache:clear": 0},
        {"kinds": Row("", "clear.kinds", ["features", "runs"])},
    ),
}
