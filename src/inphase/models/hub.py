"""Models on the Hugging Face Hub: a model folder is uploaded and downloaded as it is.

`huggingface_hub`'s ModelHubMixin is not a base of the encoder: it wants a config.json of its own,
and would have to be there to import the encoder. The methods have its names.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from inphase.errors import ModelError
from inphase.models.model_folder import CARD, CONFIG, WEIGHTS


def upload(
    save: Callable[[Path], None],
    repository: str,
    *,
    card: str,
    private: bool | None,
    token: str | bool | None,
    revision: str | None,
    commit_message: str,
) -> str:
    """Upload a model folder in one commit; see `Encoder.push_to_hub`.

    Args:
        save: writes the model folder.
        repository: `user/name`.
        card: for its README.md.
    """
    hub = _hub()
    with tempfile.TemporaryDirectory() as room, _told(repository):
        folder = Path(room) / "model"
        save(folder)
        (folder / CARD).write_text(card, encoding="utf-8")
        api = hub.HfApi(token=token, library_name="inphase")
        made = api.create_repo(repository, private=private, exist_ok=True)
        commit = api.upload_folder(
            repo_id=made.repo_id,
            folder_path=folder,
            revision=revision,
            commit_message=commit_message,
            allow_patterns=[WEIGHTS, CONFIG, CARD],
        )
    return str(commit.commit_url)


def download(
    repository: str,
    *,
    revision: str | None,
    token: str | bool | None,
    cache: str | Path | None,
    force_download: bool,
    local_files_only: bool,
) -> Path:
    """The model folder of a repository, of which only a model folder's files are downloaded."""
    hub = _hub()
    with _told(repository):
        folder = hub.snapshot_download(
            repository,
            revision=revision,
            token=token,
            cache_dir=cache,
            force_download=force_download,
            local_files_only=local_files_only,
            allow_patterns=[WEIGHTS, CONFIG, CARD],
            library_name="inphase",
        )
    return Path(folder)


def _hub() -> ModuleType:
    try:
        import huggingface_hub
    except ImportError as error:
        raise ModelError(
            "Models on the Hugging Face Hub need huggingface_hub; `pip install inphase[hub]` "
            "installs it."
        ) from error
    return huggingface_hub


@contextlib.contextmanager
def _told(repository: str) -> Iterator[None]:
    """Every error of the Hub in one sentence."""
    from huggingface_hub import errors

    # What its HTTP library raises when there is no answer; which library depends on the version.
    no_answer = tuple(
        base for base in errors.HfHubHTTPError.__bases__ if issubclass(base, Exception)
    )
    try:
        yield
    except errors.HFValidationError as error:
        raise ModelError(
            f"`{repository}` is neither a model folder nor a name on the Hub, such as user/model."
        ) from error
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{repository} is only for people whom its owner lets in; ask on its page."
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ModelError(
            f"There is no model {repository} on the Hub, or you are not logged in to see it: "
            "`hf auth login`."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(f"{repository} has no such revision on the Hub.") from error
    except errors.LocalEntryNotFoundError as error:
        raise ModelError(
            f"{repository} has not been downloaded before, and the Hub cannot be reached."
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        reason = "log in with `hf auth login`" if status in (401, 403) else "try again later"
        raise ModelError(f"The Hub answers {status} for {repository}; {reason}.") from error
    except no_answer as error:
        raise ModelError(f"The Hub cannot be reached for {repository}: {error}.") from error
