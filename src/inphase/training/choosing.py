"""Which model a job uses if none is given: poses where people act, otherwise one fitted now."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.errors import ConfigError, ModelError, VideoError
from inphase.models.config import EncoderConfig
from inphase.models.model_folder import CONFIG, write_model_folder
from inphase.models.pose import Place, PoseTracks
from inphase.models.pose.features import SIZE
from inphase.models.pose.track import SEEN, SHAKE
from inphase.models.pose.weight_files import BLAZEPOSE
from inphase.models.within_video import Features
from inphase.progress import progress_bar
from inphase.video import probe

if TYPE_CHECKING:
    from inphase.training.config import TrainingConfig

# Videos, spread over the collection, in which people are looked for.
_SAMPLE = 5
# After so many without anybody, the others are not searched.
_ENOUGH = 2


def choose_model(
    videos: Collection | str | Path | Sequence[str | Path],
    *,
    features: Features = "auto",
    fit: bool | None = None,
    config: "TrainingConfig | None" = None,
    overrides: Sequence[str] = (),
    subjects: Mapping[str, Place] | None = None,
    cache: str | Path | None = None,
    console: Console | None = None,
    say: Callable[[str], object] = print,
) -> Path:
    """A model for these videos: poses as they are, or an encoder fitted to the videos.

    Args:
        videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
        features: whether it looks at poses or at the whole picture; by default, at poses if people
            are seen.
        fit: whether to fit an encoder; by default only to the whole picture.
        config: fit an encoder with this configuration; by default, the preset is `poses` or
            `quick`.
        overrides: fit an encoder with these changes to the preset, as `KEY=VALUE`.
        subjects: by name of the video, the person to follow.
        cache: folder for landmarks, features and models; by default the user's cache.
        console: where progress bars go; by default nowhere.
        say: called with each sentence for the user.

    Returns:
        The model folder.

    Example:
        >>> model = inphase.choose_model("swings/")                     # doctest: +SKIP
        >>> result = inphase.synchronize(inphase.embed("swings/", model))  # doctest: +SKIP

    Raises:
        ConfigError: the whole picture is of no use without fitting, fitting cannot follow the
            subjects, or the arguments contradict each other.
        TrainingError, VideoError, OutputError: as for [`train`][inphase.train].
    """
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    root = Path(cache) if cache is not None else cache_folder()
    if config is not None or overrides:
        from inphase.training.config import load_config

        load_config("quick", overrides=overrides)  # A mistake is found before people are.
        if fit is False:
            raise ConfigError(
                "Settings are for fitting: leave out --preset and --set, or --no-fit."
            )
        fit = True
    if config is not None:
        looks_at: Features = _looks_at(config)
        if features not in ("auto", looks_at):
            raise ConfigError(
                f"The preset compares {looks_at}, not {features}: leave out --features or --preset."
            )
        features = looks_at
    seen = ""
    if features == "auto":
        features, seen = _features_for(collection, root, subjects or {}, console)
        if features == "pose":
            say(f"{seen}: aligned by their poses.")
        elif fit is not False:
            say(f"{seen}: aligned by appearance.")
    if features == "pose" and not fit:
        return _poses_as_they_are(root)
    if fit is False:
        raise ConfigError(
            f"{seen + '. ' if seen else ''}Without fitting, only people's poses can be compared: "
            "fit an encoder (`inphase train`) and give its model."
        )
    if subjects:
        raise ConfigError(
            "Fitting takes no subject: leave out --subject, or compare poses without fitting."
        )
    # Torch is slow to load, and only needed for this.
    from inphase.training.config import load_config
    from inphase.training.run import fit_or_reuse

    preset = "poses" if features == "pose" else "quick"
    settings = config or load_config(preset, overrides=overrides)
    run = fit_or_reuse(collection, config=settings, cache=cache, console=console)
    say(f"The fitted model is in {run.model}")
    return run.model


def _looks_at(config: "TrainingConfig") -> Features:
    return "pose" if config.encoder.base_network == BLAZEPOSE else "appearance"


def _features_for(
    collection: Collection, root: Path, subjects: Mapping[str, Place], console: Console | None
) -> tuple[Features, str]:
    """Poses or appearance, and the beginning of a sentence that says why."""
    videos = list(collection)
    spread = sorted({round(i) for i in np.linspace(0, len(videos) - 1, min(len(videos), _SAMPLE))})
    places = {collection[name].path: place for name, place in subjects.items()}
    tracks = PoseTracks(root / "landmarks", subjects=places)
    seen: list[float] = []
    shakes: list[float] = []
    readable = []
    for index in spread:
        try:
            readable.append((videos[index], len(probe(videos[index].path).times)))
        except VideoError:
            continue  # It is reported when it is embedded.
    total = sum(frames for _, frames in readable)
    with progress_bar("Looking for people", total, console=console) as bar:
        for video, frames in readable:
            end = bar.done + frames
            try:
                track = tracks.track(video.path, advance=bar.advance)
            except VideoError:
                continue
            except ModelError as error:
                return "appearance", f"People cannot be looked for ({error})"
            finally:
                bar.advance(end - bar.done)
            seen.append(float(track.found.mean()))
            shakes.append(track.shake)
            if len(seen) >= _ENOUGH and max(seen) < 1 - SEEN:
                break
        bar.advance(total - bar.done)
    share = float(np.median(seen)) if seen else 0.0
    percent = f"{100 * float(np.mean(seen or [0])):.0f} %"
    if share < SEEN:
        return "appearance", f"People are seen in {percent} of the frames"
    if not float(np.nanmedian(shakes)) < SHAKE:
        return "appearance", "People are seen, but not clearly"
    return "pose", f"People are seen in {percent} of the frames"


def _poses_as_they_are(root: Path) -> Path:
    """The model folder of poses without fitting; written once."""
    folder = root / "runs" / "poses"
    config = EncoderConfig(
        base_network=BLAZEPOSE,
        embedder="none",
        embedding_size=SIZE,
        context_frames=1,
        subtract_background=True,
    )
    if not (folder / CONFIG).is_file():
        write_model_folder(
            folder, {}, config=config, told="Not trained: the features of poses as they are."
        )
    return folder
