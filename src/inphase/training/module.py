"""A training step: the loss of a batch, and the optimizer that lowers it."""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

from inphase.models import Encoder
from inphase.objectives import ClipEmbeddings, OtherView, SecondClip
from inphase.training.clips import ClipBatch
from inphase.training.config import TrainingConfig, build_objectives
from inphase.training.processes import ALONE, Processes


class TrainingModule(nn.Module):
    """An encoder and its objectives.

    Args:
        config: of the run.
        encoder: to train; if its base network is frozen, batches hold features.
        phases: number of phases of the action, for objectives that use them.
        processes: that share each batch.
    """

    def __init__(
        self,
        config: TrainingConfig,
        encoder: Encoder,
        *,
        phases: int = 2,
        processes: Processes = ALONE,
    ) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.processes = processes
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self._weighted = build_objectives(
                config.objectives, embedding_size=config.encoder.embedding_size, phases=phases
            )
        # Then a clip and its positives are two sequences, each with a background of its own.
        self._apart = encoder.sees_whole_clips or any(
            isinstance(objective.positives, (OtherView, SecondClip))
            for objective, _ in self._weighted.values()
        )
        # Some have parameters, which are trained and saved in checkpoints with the encoder's.
        self.objectives = nn.ModuleDict({name: o for name, (o, _) in self._weighted.items()})

    @property
    def measured(self) -> list[str]:
        """Names of the values that a step logs: each loss, and what its objective also measures."""
        names = ["loss", "collapsed_loss"]
        for name, (objective, _) in self._weighted.items():
            names += [name, *(f"{name}_{metric}" for metric in objective.metrics)]
        return names

    def forward(self, batch: ClipBatch) -> dict[str, Tensor]:
        """Loss of one batch: the weighted sum of the objectives, and each separately.

        The loss is NaN if an embedding is not finite, though objectives limit embeddings.
        """
        # Seeded by the step, so that a resumed run draws the same as an uninterrupted one.
        step = torch.Generator().manual_seed((self.config.seed << 32) + batch.step)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(torch.randint(2**62, (), generator=step)) + self.processes.rank)
            clips = self._embedded(batch)
        results: dict[str, Tensor] = {}
        seen = clips.embeddings.detach().masked_fill(~batch.mask[..., None], 0.0)
        total = (0.0 * seen).sum(dtype=torch.float32)
        collapsed = 0.0
        for name, (objective, weight) in self._weighted.items():
            loss = objective(clips, generator=step)
            total = total + weight * loss
            results[name] = loss.detach()
            # Before the collapsed loss, for which an objective may compute itself again.
            results |= {f"{name}_{key}": value for key, value in objective.metrics.items()}
            collapsed += weight * objective.collapsed_loss(clips)
        return {"loss": total, "collapsed_loss": torch.tensor(collapsed), **results}

    def optimizer(self) -> tuple[Adam, LambdaLR]:
        """Adam with L2 penalty (supplement, Table 2), and the schedule of the configuration."""
        config = self.config
        optimizer = Adam(
            [parameter for parameter in self.parameters() if parameter.requires_grad],
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )

        def factor(step: int) -> float:
            if config.schedule == "constant":
                return 1.0
            return 0.5 * (1 + math.cos(math.pi * min(step / config.steps, 1.0)))

        return optimizer, LambdaLR(optimizer, factor)

    def learned_state(self) -> dict[str, Any]:
        """What a checkpoint keeps of `state_dict`: all but a frozen base network."""
        frozen = self.config.encoder.train_base == "frozen"
        return {
            name: value
            for name, value in self.state_dict().items()
            if not (frozen and name.startswith("encoder.base."))
        }

    def load_learned(self, state: dict[str, Any]) -> None:
        """Load what `learned_state` returned; a frozen base network stays as it is."""
        self.load_state_dict(self.state_dict() | state)

    def _embedded(self, batch: ClipBatch) -> ClipEmbeddings:
        videos, count = batch.mask.shape
        masks = [batch.mask] if batch.paired is None else [batch.mask, batch.paired]
        mask = torch.stack(masks, dim=1)[self.processes.share(videos)]
        frames = batch.frames.view(*mask.shape, *batch.frames.shape[2:])
        if not self._apart:  # so a clip and its positives share one background
            frames, mask = frames.flatten(1, 2), mask.flatten(1, 2)
        if self.config.encoder.train_base == "frozen":
            own = self.encoder.embed_features(frames.float(), mask)
        else:
            own = self.encoder(frames, mask)
        own = own.float().view(len(own), len(masks), count, -1)
        parts = self.processes.gathered(own, videos).unbind(1)
        clips = ClipEmbeddings(
            parts[0], batch.times, batch.lengths, batch.mask, phases=batch.phases
        )
        if batch.paired is None:
            return clips
        return replace(
            clips, positives=parts[1], paired=batch.paired, positive_times=batch.positive_times
        )
