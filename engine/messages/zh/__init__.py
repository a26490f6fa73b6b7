"""Messages in Chinese, by subject. A pattern stands as the code has it, each value in it as `{name}`.

MESSAGES are whole messages and hints. WORDS are parts of them: kinds of value, what a fault is in, lists.
In the Chinese text a value may be said as well: `{x:word}` by WORDS, `{x:say}` as a message, `{x:list}` names
joined by commas, `{x:either}` by "or", `{x:both}` by "and", `{x:kinds}` words joined by commas, `{x:chain}` by
arrows, `{x:faults}` by "; ", `{x:columns}` names of columns, `{x:pairs}` what holdfast.yaml needs of them,
`{x:type}` a type of fact without its article. A value called `number` in the English pattern is one.
"""

from collections.abc import Mapping

from engine.messages.zh import (
    expressions,
    facts,
    policy_files,
    proof,
    rules,
    settings,
    shapes,
    store,
    tasks,
    tests,
    texts,
    work,
    yaml,
)  # fmt: skip

_SUBJECTS = (yaml, shapes, policy_files, expressions, rules, tasks, texts, settings, tests, facts, store, work, proof)


def messages() -> Mapping[str, str]:
    """Every message and hint."""
    return {english: chinese for subject in _SUBJECTS for english, chinese in subject.MESSAGES.items()}


def words() -> Mapping[str, str]:
    """Every part of a message."""
    return {english: chinese for subject in _SUBJECTS for english, chinese in getattr(subject, "WORDS", {}).items()}
