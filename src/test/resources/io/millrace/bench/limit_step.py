
  # From here on: a whole training step of BertForSequenceClassification, appended to the operators
  # above so that loss and gradients are the same text. `weights` are the parameters with weight
  # decay, `vectors` those without (bias and LayerNorm), both in the order of the file.

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

  def normed(self: __torch__.TorchOps, x: Tensor, vectors: List[Tensor], at: int) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], vectors[at], vectors[torch.add(at, 1)], 9.9999999999999998e-13)

  def heads(self: __torch__.TorchOps, x: Tensor, weight: Tensor, bias: Tensor, rows: int, length: int) -> Tensor:
    return torch.transpose(torch.reshape(torch.linear(x, weight, bias), [rows, length, 12, -1]), 1, 2)

  # Frozen parameters are the lowest in the file, so they come first in both lists. mask is added to
  # the attention scores where it has four dimensions.
  def train(self: __torch__.TorchOps,
    ids: Tensor,
    types: Tensor,
    positions: Tensor,
    labels: Tensor,
    shares: Tensor,
    mask: Tensor,
    numbers: Tensor,
    frozen_weights: List[Tensor],
    frozen_vectors: List[Tensor],
    weights: List[Tensor],
    vectors: List[Tensor],
    weights_first: List[Tensor],
    weights_second: List[Tensor],
    vectors_first: List[Tensor],
    vectors_second: List[Tensor]) -> Tensor:
    all_weights = torch.add(frozen_weights, weights)
    all_vectors = torch.add(frozen_vectors, vectors)
    padding = annotate(Optional[Tensor], None)
    if torch.eq(torch.dim(mask), 4):
      padding = mask
    p = 0.10000000149011612
    rows = torch.size(ids, 0)
    length = torch.size(ids, 1)
    width = torch.size(all_weights[0], 1)
    x = torch.add(torch.add(torch.embedding(all_weights[0], ids), torch.embedding(all_weights[2], types)), torch.embedding(all_weights[1], positions))
    x = torch.dropout((self).normed(x, all_vectors, 0), p, True)
    x = torch.reshape(x, [-1, width])
    layers = torch.floordiv(torch.sub(torch.len(all_weights), 5), 6)
    for layer in range(layers):
      w = torch.add(3, torch.mul(6, layer))
      v = torch.add(2, torch.mul(10, layer))
      q = (self).heads(x, all_weights[w], all_vectors[v], rows, length)
      k = (self).heads(x, all_weights[torch.add(w, 1)], all_vectors[torch.add(v, 1)], rows, length)
      u = (self).heads(x, all_weights[torch.add(w, 2)], all_vectors[torch.add(v, 2)], rows, length)
      a = torch.scaled_dot_product_attention(q, k, u, padding, 0.10000000000000001)
      a = torch.reshape(torch.transpose(a, 1, 2), [-1, width])
      a = torch.linear(a, all_weights[torch.add(w, 3)], all_vectors[torch.add(v, 3)])
      y = (self).normed(torch.add(torch.dropout(a, p, True), x), all_vectors, torch.add(v, 4))
      f = torch.gelu(torch.linear(y, all_weights[torch.add(w, 4)], all_vectors[torch.add(v, 6)]))
      f = torch.linear(f, all_weights[torch.add(w, 5)], all_vectors[torch.add(v, 7)])
      x = (self).normed(torch.add(torch.dropout(f, p, True), y), all_vectors, torch.add(v, 8))
    first = torch.select(torch.reshape(x, [rows, length, width]), 1, 0)
    n = torch.len(all_weights)
    b = torch.len(all_vectors)
    pooled = torch.tanh(torch.linear(first, all_weights[torch.sub(n, 2)], all_vectors[torch.sub(b, 2)]))
    logits = torch.linear(torch.dropout(pooled, p, True), all_weights[torch.sub(n, 1)], all_vectors[torch.sub(b, 1)])
    loss = (self).cross_entropy(logits, labels, shares)
    gradients = (self).gradients(loss, torch.add(weights, vectors))
    weights_gradients = annotate(List[Tensor], [])
    vectors_gradients = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      if torch.lt(i, torch.len(weights)):
        weights_gradients = torch.append(weights_gradients, gradients[i])
      else:
        vectors_gradients = torch.append(vectors_gradients, gradients[i])
    torch.set_grad_enabled(False)
    s = [float(torch.select(numbers, 0, i)) for i in range(7)]
    result = (self).clipped_adamw(loss, weights, weights_gradients, weights_first, weights_second, vectors, vectors_gradients, vectors_first, vectors_second, s[0], s[1], s[2], s[3], s[4], s[5], s[6])
    torch.set_grad_enabled(True)
    return torch.tensor(result)

  # train with nothing frozen: an empty list cannot be passed from Java.
  def step(self: __torch__.TorchOps,
    ids: Tensor,
    types: Tensor,
    positions: Tensor,
    labels: Tensor,
    shares: Tensor,
    mask: Tensor,
    numbers: Tensor,
    weights: List[Tensor],
    vectors: List[Tensor],
    weights_first: List[Tensor],
    weights_second: List[Tensor],
    vectors_first: List[Tensor],
    vectors_second: List[Tensor]) -> Tensor:
    none = annotate(List[Tensor], [])
    return (self).train(ids, types, positions, labels, shares, mask, numbers, none, none, weights, vectors, weights_first, weights_second, vectors_first, vectors_second)
