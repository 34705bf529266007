"""Compute losses in at least float32, from numbers whose squares do not overflow."""

import torch
from torch import Tensor

# Beyond this, the squares of float32 numbers and their gradients would overflow.
_LARGEST = 1e6


def bounded(embeddings: Tensor, mask: Tensor) -> Tensor:
    """Embeddings (…, dims) in at least float32, within ±1e6, and zero where `mask` is False."""
    dtype = torch.promote_types(embeddings.dtype, torch.float32)
    embeddings = embeddings.to(dtype).clamp(-_LARGEST, _LARGEST)
    return embeddings.masked_fill(~mask[..., None], 0.0)


def full_precision(tensor: Tensor) -> torch.autocast:
    """Context in which autocast is off on the tensor's device."""
    return torch.autocast(tensor.device.type, enabled=False)


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of the values where `mask` is True; 0 if it is True nowhere."""
    return values.masked_fill(~mask, 0.0).sum() / mask.sum().clamp_min(1)
