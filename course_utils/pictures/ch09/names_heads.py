"""Vectors of sentences, and heads that learn from them, as in notebook 07: only to keep page 09b short.

`frozen_vectors` come from a body without a head, `last_vectors` are what the last layer of a classifier gets.
"""


def frozen_vectors(tokenizer, body, texts):
    """The mean of the token vectors of each text from a body without a head: `[texts, hidden]`."""

    def mean(inputs):
        mask = inputs["attention_mask"].unsqueeze(-1)
        return (body(**inputs).last_hidden_state * mask).sum(1) / mask.sum(1)

    return _in_batches(tokenizer, body, texts, mean)


def last_vectors(tokenizer, classifier, texts):
    """What goes into the last layer, `classifier.classifier`, for each text: `[texts, hidden]`, on its device."""
    seen = []
    hook = classifier.classifier.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))

    def into_last(inputs):
        classifier(**inputs)
        return seen.pop()

    try:
        return _in_batches(tokenizer, classifier, texts, into_last).to(classifier.device)
    finally:
        hook.remove()


def _in_batches(tokenizer, model, texts, rows_of):
    import torch

    order, rows = sorted(range(len(texts)), key=lambda place: len(texts[place])), [None] * len(texts)
    for start in range(0, len(order), 32):  # similar lengths together: little padding
        part = order[start : start + 32]
        inputs = tokenizer([texts[i] for i in part], padding=True, truncation=True, return_tensors="pt")
        with torch.no_grad():
            found = rows_of(inputs.to(model.device))
        for place, row in zip(part, found.cpu(), strict=True):
            rows[place] = row
    return torch.stack(rows)


def new_head(vectors, labels):
    """A linear layer for two classes, trained on these vectors and labels; always from the same start."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        head = nn.Linear(vectors.shape[1], 2)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.02)
    labels = torch.as_tensor(labels)
    for _ in range(300):
        loss = F.cross_entropy(head(vectors), labels) + 0.01 * head.weight.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head.requires_grad_(False)
