"""Options that several verbs share."""

from pathlib import Path

import pytest

from inphase.cli import options, run
from inphase.data import Collection
from inphase.errors import CollectionError, ConfigError
from inphase.models.pose import Place


def test_a_subject_is_a_pixel_and_a_time(pouring: Collection) -> None:
    name = pouring.names[0]
    assert options.subjects([f"{name}=320,41.5@2"], pouring) == {name: Place(320, 41.5, 2)}
    assert options.subjects(None, pouring) is None


@pytest.mark.parametrize("told", ["1,2", "1@2", "a,b@c", "1,2@3s", "-1,2@3", "1,2@3,4", ""])
def test_another_form_of_a_subject_is_a_mistake(pouring: Collection, told: str) -> None:
    with pytest.raises(ConfigError, match=r"write (NAME=X,Y@SECONDS|KEY=VALUE)"):
        options.subjects([f"{pouring.names[0]}={told}"], pouring)


def test_two_subjects_of_one_video_are_a_mistake(pouring: Collection) -> None:
    name = pouring.names[0]
    with pytest.raises(ConfigError, match="only once"):
        options.subjects([f"{name}=1,2@3", f"{name}=2,2@3"], pouring)


def test_the_subject_of_no_video_is_a_mistake(pouring: Collection) -> None:
    with pytest.raises(CollectionError, match="nobody"):
        options.subjects(["nobody=1,2@3"], pouring)


def test_without_a_model_poses_are_compared_and_nothing_is_fitted(
    pouring: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool | None] = []

    def choose(_: Collection, *, fit: bool | None, **__: object) -> Path:
        asked.append(fit)
        return Path("poses")

    monkeypatch.setattr("inphase.training.choosing.choose_model", choose)
    assert options.model_or_poses(pouring, Path("mine")) == Path("mine")
    assert not asked
    assert options.model_or_poses(pouring, None) == Path("poses")
    assert asked == [False]


def test_without_a_model_and_without_people_one_sentence_says_what_to_do(
    pouring: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = [str(video.path) for video in pouring.videos[:2]]
    assert run(["align", *videos, "-o", str(tmp_path / "a.csv")]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "aligned by" not in told
    assert "fit an encoder (`inphase train`) and give its model" in told
    assert not (tmp_path / "a.csv").exists()


def test_a_model_and_a_way_to_choose_one_are_a_mistake(
    pouring: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = [str(video.path) for video in pouring.videos[:2]]
    for verb in (["synchronize", *videos, "-o", str(tmp_path / "x.mp4")], ["view", *videos]):
        for option in (["--features", "pose"], ["--no-fit"], ["--set", "steps=3"]):
            assert run([*verb, "--model", "m", *option]) == 2
            assert "leave them out with --model" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "line",
    [
        "embed {name} --model m -o x.npz",
        "embed a.mp4 --model {name} -o x.npz",
        "embed a.mp4 --model m -o {name}.npz",
        "index list --store {name}",
        "transfer {name} a.mp4 -o x",
        "compare {name} {name}",
        "view a.mp4 --labels {name}",
        "draw -o {name}",
    ],
)
def test_a_name_that_no_disk_takes_is_one_sentence(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mp4").touch()
    (tmp_path / "m").mkdir()
    assert run(line.format(name="n" * 300).split()) == 2
    told = capsys.readouterr().err
    assert "name too long" in told.lower()
    assert told.count("\n") == 1


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize(
    "line",
    [
        "synchronize a b -o x.mp4 --window",
        "follow a --reference b --wait",
        "cut a -o clips --longest",
        "anomaly a --typical b -o x.png --alpha",
        "trajectories a -o x.png --perplexity",
        "retrieve a@1 --from",
    ],
)
def test_an_option_takes_numbers_only(
    line: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    option = line.split()[-1]
    assert run([*line.split()[:-1], f"{option}={number}"]) == 2
    told = capsys.readouterr().err
    assert option in told
    assert "must be a number" in told or "should be" in told or "is not in the range" in told
