# The operators that DJL does not bind, in serialised TorchScript: what torch.jit.save writes to
# code/__torch__.py. The module has no parameters; tensors come in as arguments and stay the
# caller's. Scalars of methods that record gradients come as 0-d tensors on the CPU, because DJL's
# recording call takes tensors only.

class TorchOps(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # query, key, value [B, heads, T, d] -> [B, heads, T, d]
  def attention(self: __torch__.TorchOps,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    dropout: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(query, key, value, None, float(dropout))

  # mask [B, 1, 1, T]: 0 for a token, -inf for padding
  def masked_attention(self: __torch__.TorchOps,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    dropout: Tensor,
    mask: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(query, key, value, mask, float(dropout))

  # logits [B, L], labels [B], shares [B] (each example's part of the mean) -> []
  def cross_entropy(self: __torch__.TorchOps,
    logits: Tensor,
    labels: Tensor,
    shares: Tensor) -> Tensor:
    losses = torch.cross_entropy_loss(logits, labels, None, 0)
    return torch.dot(losses, shares)

  # New tensors at each call: nothing is accumulated, so nothing has to be cleared.
  def gradients(self: __torch__.TorchOps,
    loss: Tensor,
    parameters: List[Tensor]) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for gradient in torch.grad([loss], parameters):
      result = torch.append(result, unchecked_cast(Tensor, gradient))
    return result

  # 2-norm of all tensors together; not finite as soon as one value is not.
  def global_norm(self: __torch__.TorchOps,
    tensors: List[Tensor]) -> Tensor:
    return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(tensors, 2)), 2)

  # One step of AdamW with the gradients clipped to max_norm, unless loss or norm is not finite:
  # then nothing is written. Clipping rides in grad_scale, which the fused kernel divides by, and
  # so costs no pass of its own. The groups with and without decay are lists of their own: writes
  # through a slice of a list look dead to TorchScript and are dropped.
  # Returns [loss, norm before clipping].
  def clipped_adamw(self: __torch__.TorchOps,
    loss: Tensor,
    parameters: List[Tensor],
    gradients: List[Tensor],
    first: List[Tensor],
    second: List[Tensor],
    plain_parameters: List[Tensor],
    plain_gradients: List[Tensor],
    plain_first: List[Tensor],
    plain_second: List[Tensor],
    step: float,
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    decay: float,
    max_norm: float) -> List[float]:
    norm = (self).global_norm(torch.add(gradients, plain_gradients))
    loss_value = float(loss)
    norm_value = float(norm)
    if torch.__and__(torch.isfinite(loss_value), torch.isfinite(norm_value)):
      scale = annotate(Optional[Tensor], None)
      if torch.gt(norm_value, max_norm):
        scale = torch.div(torch.add(norm, 1e-6), max_norm)
      now = torch.full_like(norm, step)
      steps = [now for _ in range(torch.len(parameters))]
      plain_steps = [now for _ in range(torch.len(plain_parameters))]
      unused = annotate(List[Tensor], [])
      torch._fused_adamw_(parameters, gradients, first, second, unused, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=scale)
      torch._fused_adamw_(plain_parameters, plain_gradients, plain_first, plain_second, unused, plain_steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=0., eps=epsilon, amsgrad=False, maximize=False, grad_scale=scale)
    return [loss_value, norm_value]

  # tensors += weight * (targets - tensors), in place. Returns nothing that has a number.
  def lerp(self: __torch__.TorchOps,
    tensors: List[Tensor],
    targets: List[Tensor],
    weight: float) -> List[float]:
    torch._foreach_lerp_(tensors, targets, weight)
    return annotate(List[float], [])
