"""Prints rows as an aligned table, or as Markdown."""


def print_table(title: str, head: list[str], rows: list[list[str]], markdown: bool, texts: int = 1) -> None:
    """The first `texts` columns are to the left, numbers to the right."""
    print(f"\n**{title}**\n" if markdown else f"\n{title}")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [[cell.ljust(width) if column < texts else cell.rjust(width)
              for column, (cell, width) in enumerate(zip(row, widths))] for row in [head, *rows]]
    if markdown:
        lines.insert(1, ["-" * width if column < texts else "-" * (width - 1) + ":"
                         for column, width in enumerate(widths)])
    for line in lines:
        print("| " + " | ".join(line) + " |" if markdown else "  ".join(line).rstrip(), flush=True)


def seconds(value: float) -> str:
    return f"{value:.2f}"


def ratio(value: float) -> str:
    return f"{value:.3f}"


def spread(values: list[float]) -> str:
    return f"{min(values):.3f}-{max(values):.3f}"
