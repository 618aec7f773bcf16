"""Antiphon: a self-hosted workspace for coding agents, where every prompt gets an answer."""

__version__ = "0.1.0"
