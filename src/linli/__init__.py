"""Linli 邻里: a self-hosted community-commerce platform."""

__version__ = "0.1.0"
