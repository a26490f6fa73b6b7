"""How large an expression is once its `let` names are written out."""

from engine.policy import expressions as ex

MAX_NODES = 5000
MAX_TREE_DEPTH = 60


def weigh(value: ex.Expression) -> tuple[int, int]:
    """The nodes of the tree, and its depth. What stands in several places is looked at once but counted each time."""
    known: dict[int, tuple[int, int]] = {}

    def look(node: ex.Expression) -> tuple[int, int]:
        if id(node) not in known:
            below = [look(child) for child in ex.children(node)]
            known[id(node)] = (1 + sum(size for size, _ in below), 1 + max((deep for _, deep in below), default=0))
        return known[id(node)]

    return look(value)
