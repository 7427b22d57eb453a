"""How the benchmarks print: a heading, a measured line, and whether a promised limit is met."""

missed = []  # the lines of all limits that were not met


def title(text: str) -> None:
    print(f"\n{text}", flush=True)


def report(name: str, text: str) -> None:
    print(f"    {name:34} {text}", flush=True)


def verdict(name: str, value: float, limit: float, unit: str, *, least: bool = False) -> None:
    kept = value >= limit if least else value <= limit
    shown = "," if unit in ("bytes", "nodes") else ",.3g"  # counts in full
    line = f"{name}: {value:{shown}} {unit} (at {'least' if least else 'most'} {limit:{shown}})"
    print(f"    {'met    ' if kept else 'NOT MET'}  {line}", flush=True)
    if not kept:
        missed.append(line)


def conclusion() -> None:
    print(f"\n{len(missed)} limits not met" + "".join(f"\n  {line}" for line in missed))
