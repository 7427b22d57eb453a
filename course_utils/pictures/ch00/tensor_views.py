"""One operation on tensors in one picture: an index, a sum along a dimension, broadcasting, a product, a new shape.

Each view computes with PyTorch, lights what belongs together, and returns a `Figure`. Notebook 00b puts controls to
them.
"""

from ...errors import CourseError
from ..figures import Figure
from ..grids import Part, index_of, mask_of, tensors, texts_of


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


def stretched(first: tuple, sign: str, second: tuple, label: str = "", rows=(), columns=()) -> Figure:
    """`a + b`, `-`, `*` or `/` of two pairs `(name, tensor)`: what broadcasting copies of `b` has dashes.

    `label` stands above the one column that `b` has. Shapes that do not fit get no result, and a title that says why.
    """
    import torch

    (name, a), (other, b), names = first, second, {"rows": rows, "columns": columns}
    for m, n in zip(a.shape[::-1], b.shape[::-1], strict=False):
        if m != n and 1 not in (m, n):
            title = f"From the right, {m} meets {n}: they differ, and neither is 1"
            return tensors(first, sign, second, "=", "?", title=title, **names)
    result = {"+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div}[sign](a, b)
    wide = b.expand(result.shape)
    real = torch.zeros(result.shape, dtype=torch.bool)
    real[tuple(slice(0, size) for size in (1,) * (result.dim() - b.dim()) + tuple(b.shape))] = True
    own = None  # the names that the picture gives
    if wide.dim() == 2 and (not b.dim() or b.shape[-1] < wide.shape[-1]):  # a column and its copies are no games
        own = ((), rows if len(rows) == len(wide) else (), (label, *[""] * (wide.shape[1] - 1)))
    shape = str(list(b.shape)) + ("" if b.shape == wide.shape else f" → {list(wide.shape)}")
    part = Part(other, wide, copied=~real, shape=shape, names=own)
    return tensors((name, a), sign, part, "=", ("result", result), **names)


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


def reshaped(name: str, tensor, shape: str, rows=(), columns=(), pieces=()) -> Figure:
    """`tensor.reshape(2, 6)`, the shape as text: where the numbers of the first row go.

    `pieces` names the rows of a sheet, where each row of the tensor became a sheet with as many rows.
    """
    lit = mask_of(tensor, "0")
    try:
        result = tensor.reshape([int(size) for size in shape.split(",")])
    except (ValueError, RuntimeError):
        raise CourseError(f"{tensor.numel()} numbers do not fill the shape [{shape}]: count its places.") from None
    whole = result.dim() == 3 and len(result) == len(tensor) == len(rows)  # then each row became a sheet
    own = (rows, pieces if len(pieces) == result.shape[1] else (), ()) if whole else ((), (), ())
    return tensors(
        Part(name, tensor, lit, names=((), rows, columns)),
        f"reshape({shape})",
        Part("result", result, lit.reshape(result.shape), names=own),
    )


def turned_or_cut(name: str, matrix, rows=(), columns=()) -> Figure:
    """`matrix.T` beside a `reshape` to the same shape: where the numbers of the first row go."""
    lit, sizes, note = mask_of(matrix, "0"), matrix.T.shape, "no labels possible"
    return tensors(
        Part(name, matrix, lit, names=((), rows, columns)),
        " ",
        Part(f"{name}.T", matrix.T, lit.T, names=((), columns, rows)),
        " ",
        Part(f"{name}.reshape{tuple(sizes)}", matrix.reshape(sizes), lit.reshape(sizes), names=((), (), ()), note=note),
    )
