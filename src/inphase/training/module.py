"""One training step, for the Lightning trainer."""

import math
from typing import Any

import lightning
import torch
from torch import Tensor, nn

from inphase.models import Encoder
from inphase.objectives import ClipEmbeddings, create_objective
from inphase.training.clips import ClipBatch
from inphase.training.config import TrainingConfig


class TrainingModule(lightning.LightningModule):
    """An encoder under its objectives.

    Args:
        config: of the run.
        encoder: what learns; if its base network is frozen, batches hold features.
    """

    def __init__(self, config: TrainingConfig, encoder: Encoder) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.weights: dict[str, float] = {}
        objectives: dict[str, Any] = {}  # Objective and nn.Module at once
        for name, options in config.objectives.items():
            options = dict(options)
            self.weights[name] = float(options.pop("weight", 1.0))
            objectives[name] = create_objective(name, **options)
        self.objectives = nn.ModuleDict(objectives)
        self._named = objectives

    def training_step(self, batch: ClipBatch, batch_index: int) -> dict[str, Tensor]:
        """Loss of one batch: the weighted sum of the objectives, and each apart."""
        # Seeded by the step, so that a resumed run draws what the unbroken one would have.
        step = torch.Generator().manual_seed((self.config.seed << 32) + batch.step)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(torch.randint(2**62, (), generator=step)))
            clips = self._embedded(batch)
        results: dict[str, Tensor] = {}
        total = clips.embeddings.new_zeros((), dtype=torch.float32)
        collapsed = 0.0
        for name, objective in self._named.items():
            loss = objective(clips, generator=step)
            total = total + self.weights[name] * loss
            collapsed += self.weights[name] * objective.collapsed_loss(clips)
            results[name] = loss.detach()
        return {"loss": total, "collapsed_loss": torch.tensor(collapsed), **results}

    def configure_optimizers(self) -> Any:
        """Adam with L2 penalty (supplement, Table 2), and the schedule of the configuration."""
        config = self.config
        optimizer = torch.optim.Adam(
            [parameter for parameter in self.parameters() if parameter.requires_grad],
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )

        def factor(step: int) -> float:
            if config.schedule == "constant":
                return 1.0
            return 0.5 * (1 + math.cos(math.pi * min(step / config.steps, 1.0)))

        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Leave a frozen base network out: it is what it was."""
        if self.config.encoder.train_base == "frozen":
            weights = checkpoint["state_dict"]
            for name in [name for name in weights if name.startswith("encoder.base.")]:
                del weights[name]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Put the frozen base network back."""
        own = self.state_dict()
        checkpoint["state_dict"] = {**own, **checkpoint["state_dict"]}

    def _embedded(self, batch: ClipBatch) -> ClipEmbeddings:
        if self.config.encoder.train_base == "frozen":
            embeddings = self.encoder.embed_features(batch.frames.float(), batch.mask)
        else:
            embeddings = self.encoder(batch.frames, batch.mask)
        return ClipEmbeddings(embeddings, batch.times, batch.lengths, batch.mask)
