"""A made-up company with a known truth: its whole CRM export, drawn by dice."""

from pipelines.sources.demo.write import write_company

__all__ = ["write_company"]
