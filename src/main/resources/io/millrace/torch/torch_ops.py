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

  # The same with label smoothing. class_weights [L]: each class's term times its weight
  def smoothed_cross_entropy(self: __torch__.TorchOps,
    logits: Tensor,
    labels: Tensor,
    shares: Tensor,
    class_weights: Tensor,
    smoothing: Tensor) -> Tensor:
    losses = torch.cross_entropy_loss(logits, labels, class_weights, 0, -100, float(smoothing))
    return torch.dot(losses, shares)

  # The same with each term times (1 - p)^gamma. 1 - p comes from expm1, so that it is exact where
  # p is close to 1, and is kept above 0, where the slope of a power below 1 is not finite.
  def focal_loss(self: __torch__.TorchOps,
    logits: Tensor,
    labels: Tensor,
    shares: Tensor,
    class_weights: Tensor,
    smoothing: Tensor,
    gamma: Tensor) -> Tensor:
    logs = torch.log_softmax(logits, 1)
    others = torch.clamp_min(torch.neg(torch.expm1(logs)), 1.0000000000000001e-30)
    terms = torch.mul(torch.mul(torch.pow(others, float(gamma)), torch.neg(logs)), class_weights)
    own = torch.squeeze(torch.gather(terms, 1, torch.unsqueeze(labels, 1)), 1)
    spread = float(smoothing)
    losses = torch.add(torch.mul(own, torch.sub(1., spread)), torch.mul(torch.mean(terms, [1]), spread))
    return torch.dot(losses, shares)

  # Adds the second tensors to the first, in place.
  def add_in_place(self: __torch__.TorchOps,
    sums: List[Tensor],
    addends: List[Tensor]) -> None:
    torch._foreach_add_(sums, addends)
    return None

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

  # [loss, 2-norm of all gradients]: what decides whether a step is applied, in one call.
  def loss_and_norm(self: __torch__.TorchOps,
    loss: Tensor,
    gradients: List[Tensor]) -> List[float]:
    return [float(loss), float((self).global_norm(gradients))]

  # One step of AdamW on one group. Clipping rides in grad_scale, which the fused kernel divides by,
  # and so costs no pass of its own; 1 for none.
  def adamw(self: __torch__.TorchOps,
    parameters: List[Tensor],
    gradients: List[Tensor],
    first: List[Tensor],
    second: List[Tensor],
    step: float,
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    decay: float,
    divisor: float) -> None:
    now = torch.new_full(parameters[0], annotate(List[int], []), step)
    steps = [now for _ in range(torch.len(parameters))]
    scale = annotate(Optional[Tensor], None)
    if torch.gt(divisor, 1.):
      scale = torch.new_full(parameters[0], annotate(List[int], []), divisor)
    unused = annotate(List[Tensor], [])
    torch._fused_adamw_(parameters, gradients, first, second, unused, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=scale)
    return None

  # One step of SGD with momentum on one group; weight decay is coupled, as in torch.optim.SGD.
  def sgd(self: __torch__.TorchOps,
    parameters: List[Tensor],
    gradients: List[Tensor],
    buffers: List[Tensor],
    rate: float,
    momentum: float,
    decay: float,
    divisor: float) -> None:
    scale = annotate(Optional[Tensor], None)
    if torch.gt(divisor, 1.):
      scale = torch.new_full(parameters[0], annotate(List[int], []), divisor)
    torch._fused_sgd_(parameters, gradients, buffers, weight_decay=decay, momentum=momentum, lr=rate, dampening=0., nesterov=False, maximize=False, is_first_step=False, grad_scale=scale)
    return None

  # Rows of AdamW that have missed steps, as they would be had their gradients been 0 in each; RowLag
  # says what the columns of `lag` [n, 3 + 2 S] hold. words, first, second [n, H] -> [n, H]
  def caught_up(self: __torch__.TorchOps,
    words: Tensor,
    first: Tensor,
    second: Tensor,
    lag: Tensor,
    epsilon: float) -> Tensor:
    root = torch.sqrt(second)
    result = torch.mul(words, torch.slice(lag, 1, 0, 1))
    for segment in range(torch.floordiv(torch.sub(torch.size(lag, 1), 3), 2)):
      at = torch.add(3, torch.mul(2, segment))
      share = torch.mul(first, torch.slice(lag, 1, at, torch.add(at, 1)))
      divisor = torch.add(torch.mul(root, torch.slice(lag, 1, torch.add(at, 1), torch.add(at, 2))), epsilon)
      result = torch.sub(result, torch.div(share, divisor))
    return result

  # Catches rows [n] of the words [V, H] up, and those of the moments where `moments` says so.
  def catch_up(self: __torch__.TorchOps,
    words: Tensor,
    first: Tensor,
    second: Tensor,
    rows: Tensor,
    lag: Tensor,
    epsilon: float,
    moments: bool) -> None:
    m = torch.index_select(first, 0, rows)
    v = torch.index_select(second, 0, rows)
    w = (self).caught_up(torch.index_select(words, 0, rows), m, v, lag, epsilon)
    _0 = torch.index_copy_(words, 0, rows, w)
    if moments:
      _1 = torch.index_copy_(first, 0, rows, torch.mul(m, torch.slice(lag, 1, 1, 2)))
      _2 = torch.index_copy_(second, 0, rows, torch.mul(v, torch.slice(lag, 1, 2, 3)))
    return None

  # Rows [n] of tables [V, H], a copy of each.
  def take_rows(self: __torch__.TorchOps,
    rows: Tensor,
    tables: List[Tensor]) -> List[Tensor]:
    return [torch.index_select(table, 0, rows) for table in tables]

  # Puts copies back.
  def put_rows(self: __torch__.TorchOps,
    rows: Tensor,
    words: Tensor,
    first: Tensor,
    second: Tensor,
    new_words: Tensor,
    new_first: Tensor,
    new_second: Tensor) -> None:
    _0 = torch.index_copy_(words, 0, rows, new_words)
    _1 = torch.index_copy_(first, 0, rows, new_first)
    _2 = torch.index_copy_(second, 0, rows, new_second)
    return None

  # tensors += weight * (targets - tensors), in place.
  def lerp(self: __torch__.TorchOps,
    tensors: List[Tensor],
    targets: List[Tensor],
    weight: float) -> None:
    torch._foreach_lerp_(tensors, targets, weight)
    return None
