"""The second engine: measures in plain Python, rules matched by durable-rules."""

from engine.reasoning.rete.reason import conclude, conclusions, reason
from engine.reasoning.rete.worker import reason_in_worker

__all__ = ["conclude", "conclusions", "reason", "reason_in_worker"]
