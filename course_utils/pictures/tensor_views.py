"""One operation on tensors in one picture: an index, a sum along a dimension, broadcasting, a product, a new shape.

Each view computes with PyTorch, lights what belongs together, and returns a `Figure`. Notebook 00b puts controls to
them.
"""

from ..errors import CourseError
from .figures import Figure
from .grids import Part, index_of, mask_of, tensors, texts_of


def picked(name: str, tensor, index: str, **names) -> Figure:
    """`tensor[index]`: what an index such as `"0, 1:"` picks, and the shape of the result."""
    try:
        result = tensor[index_of(index)]
    except IndexError as error:
        raise CourseError(f"{name}[{index}] does not work: {error}.") from None
    if not result.numel():
        raise CourseError(f"{name}[{index}] is empty: its shape is {list(result.shape)}.")
    return tensors((name, tensor, index), "pick", (f"{name}[{index}]", result), **names)


def reduced(name: str, tensor, what: str, dim: int, keepdim: bool = False, **names) -> Figure:
    """`tensor.sum(dim=dim)`, also "mean" and "max": the numbers that become the first number of the result are lit."""
    import torch

    result = getattr(tensor, what)(dim=dim, keepdim=keepdim)
    result = result.values if what == "max" else result
    first = torch.zeros(tensor.shape, dtype=torch.bool)
    first.select(0 if dim % 2 else 1, 0).fill_(True)
    lit = torch.zeros(result.shape, dtype=torch.bool)
    lit.view(-1)[0] = True
    kept = ", keepdim=True" if keepdim else ""
    arrow = f"{what}(dim={dim}{kept})"
    return tensors((name, tensor, first), arrow, ("result", result, lit), **names)


def stretched(first: tuple, sign: str, second: tuple, **names) -> Figure:
    """`a + b`, `-`, `*` or `/` of two pairs `(name, tensor)`: what broadcasting copies of `b` has dashes."""
    import torch

    (name, a), (other, b) = first, second
    if not _fit(a, b):
        raise CourseError(
            f"{name} has the shape {list(a.shape)} and {other} has the shape {list(b.shape)}: compared from the right, "
            "two sizes differ and neither of them is 1, so PyTorch cannot stretch one to the other."
        )
    result = {"+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div}[sign](a, b)
    wide = b.expand(result.shape)
    real = torch.zeros(result.shape, dtype=torch.bool)
    real[tuple(slice(0, size) for size in (1,) * (result.dim() - b.dim()) + tuple(b.shape))] = True
    shape = str(list(b.shape)) + ("" if b.shape == wide.shape else f" → {list(wide.shape)}")
    return tensors((name, a), sign, Part(other, wide, copied=~real, shape=shape), "=", ("result", result), **names)


def _fit(a, b) -> bool:
    pairs = zip(a.shape[::-1], b.shape[::-1], strict=False)
    return all(m == n or 1 in (m, n) for m, n in pairs)


def product(first: tuple, second: tuple, row: int = 0, column: int = 0, rows=(), inner=(), columns=()) -> Figure:
    """`a @ b` of two pairs `(name, matrix)`: the row and the column that make one number of the result, and its sum.

    `inner` are the names of what meets: the columns of the first matrix and the rows of the second.
    """
    (name, a), (other, b) = first, second
    result = a @ b
    row, column = int(row) % len(a), int(column) % b.shape[1]
    pairs = zip(texts_of(a[row]), texts_of(b[:, column]), strict=True)
    title = f"{' + '.join(f'{m}×{n}' for m, n in pairs)} = {texts_of(result[row, column])[0]}"
    return tensors(
        Part(name, a, mask_of(a, f"{row}, :"), names=((), rows, inner)),
        "@",
        Part(other, b, mask_of(b, f":, {column}"), names=((), inner, columns)),
        "=",
        Part("result", result, mask_of(result, f"{row}, {column}"), names=((), rows, columns)),
        title=title,
    )


def reshaped(name: str, tensor, shape: str, rows=(), columns=()) -> Figure:
    """`tensor.reshape(2, 6)`, the shape as text: where the numbers of the first row go."""
    lit = mask_of(tensor, "0")
    try:
        result = tensor.reshape([int(size) for size in shape.split(",")])
    except (ValueError, RuntimeError):
        raise CourseError(f"{tensor.numel()} numbers do not fill the shape [{shape}]: count its places.") from None
    whole = result.dim() == 3 and len(result) == len(tensor) == len(rows)  # then each row became a sheet
    return tensors(
        Part(name, tensor, lit, names=((), rows, columns)),
        f"reshape({shape})",
        Part("result", result, lit.reshape(result.shape), names=(rows if whole else (), (), ())),
    )


def turned_or_cut(name: str, matrix, rows=(), columns=()) -> Figure:
    """`matrix.T` beside a `reshape` to the same shape: where the numbers of the first row go."""
    lit, sizes = mask_of(matrix, "0"), matrix.T.shape
    return tensors(
        Part(name, matrix, lit, names=((), rows, columns)),
        " ",
        Part(f"{name}.T", matrix.T, lit.T, names=((), columns, rows)),
        " ",
        Part(f"{name}.reshape{tuple(sizes)}", matrix.reshape(sizes), lit.reshape(sizes), names=((), (), ())),
    )
