class Ops(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  def attend(self: __torch__.Ops,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    dropout: Tensor) -> Tensor:
    p = float(dropout)
    return torch.scaled_dot_product_attention(q, k, v, None, p, False)
  def attend_masked(self: __torch__.Ops,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor,
    dropout: Tensor) -> Tensor:
    p = float(dropout)
    return torch.scaled_dot_product_attention(q, k, v, mask, p, False)
  def loss(self: __torch__.Ops,
    logits: Tensor,
    labels: Tensor,
    weights: Tensor) -> Tensor:
    ce = torch.cross_entropy_loss(logits, labels, None, 0, -100, 0.)
    return torch.div(torch.sum(torch.mul(ce, weights)), torch.sum(weights))
  def measure(self: __torch__.Ops,
    loss: Tensor,
    decayed: List[Tensor],
    plain: List[Tensor]) -> Tensor:
    outputs = [loss]
    found = torch.grad(outputs, torch.add(decayed, plain))
    grads = annotate(List[Tensor], [])
    for i in range(torch.len(found)):
      one = unchecked_cast(Tensor, found[i])
      _0 = torch.append(grads, one)
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2)))
    return torch.stack([torch.detach(loss), norm])
  def update(self: __torch__.Ops,
    loss: Tensor,
    decayed: List[Tensor],
    decayed_m: List[Tensor],
    decayed_v: List[Tensor],
    plain: List[Tensor],
    plain_m: List[Tensor],
    plain_v: List[Tensor],
    hyper: Tensor) -> Tensor:
    lr = float(torch.select(hyper, 0, 0))
    beta1 = float(torch.select(hyper, 0, 1))
    beta2 = float(torch.select(hyper, 0, 2))
    eps = float(torch.select(hyper, 0, 3))
    decay = float(torch.select(hyper, 0, 4))
    max_norm = float(torch.select(hyper, 0, 5))
    count = float(torch.select(hyper, 0, 6))
    outputs = [loss]
    inputs = torch.add(decayed, plain)
    found = torch.grad(outputs, inputs)
    grads = annotate(List[Tensor], [])
    for i in range(torch.len(found)):
      one = unchecked_cast(Tensor, found[i])
      _0 = torch.append(grads, one)
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2)))
    value = torch.detach(loss)
    bad = torch.logical_not(torch.isfinite(torch.add(torch.mul(value, 0), norm)))
    found_inf = torch.to(bad, 6)
    scale = torch.clamp_min(torch.div(norm, max_norm), 1.)
    step = torch.full_like(norm, count)
    n = torch.len(decayed)
    p1 = annotate(List[Tensor], [])
    s1 = annotate(List[Tensor], [])
    for i in range(n):
      _1 = torch.append(p1, torch.detach(decayed[i]))
      _2 = torch.append(s1, step)
    p2 = annotate(List[Tensor], [])
    s2 = annotate(List[Tensor], [])
    for i in range(torch.len(plain)):
      _3 = torch.append(p2, torch.detach(plain[i]))
      _4 = torch.append(s2, step)
    none = annotate(List[Tensor], [])
    torch._fused_adamw_(p1, torch.slice(grads, 0, n, 1), decayed_m, decayed_v, none, s1, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=scale, found_inf=found_inf)
    torch._fused_adamw_(p2, torch.slice(grads, n, torch.len(grads), 1), plain_m, plain_v, none, s2, lr=lr, beta1=beta1, beta2=beta2, weight_decay=0., eps=eps, amsgrad=False, maximize=False, grad_scale=scale, found_inf=found_inf)
    return torch.stack([value, norm])
