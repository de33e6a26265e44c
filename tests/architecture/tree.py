"""What the architecture tests look at: the rooms, their files, what each file imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

CODE = ("app", "knowledge_base", "telephony")
SKIPPED = {"node_modules", "built", "__pycache__", "data"}
ROOMS = sorted(
    path for path in [*Path("app").iterdir(), Path("knowledge_base")]
    if (path / "__init__.py").exists() and path.name != "core"
)  # fmt: skip


def files(*folders: str, ending: str = ".py") -> list[Path]:
    """List the files of these folders, without what is built, fetched or data."""
    return sorted(
        path
        for folder in folders
        for path in Path(folder).rglob(f"*{ending}")
        if not SKIPPED.intersection(path.parts)
    )


def imports_of(path: Path) -> Iterator[str]:
    """Name every module that a file imports, except for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ignored = {id(node) for block in typing_blocks(tree) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in ignored:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def typing_blocks(tree: ast.Module) -> Iterator[ast.If]:
    """Find the `if TYPE_CHECKING:` blocks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield node


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Give every string of a file with its line, except docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield node.lineno, node.value
