"""Everything that an operator may set: one frozen class, read from the environment and from `.env`."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Variables are named GREFFIER_<FIELD>.  Two data directories are two independent instances."""

    model_config = SettingsConfigDict(env_prefix="GREFFIER_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    language: str = Field(default="fr", pattern="^(fr|en)$", description="language of the interface and of messages")
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
    threads: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1)
    reader_memory_mb: int = Field(default=2048, ge=256, description="memory of each process that reads files")
    context_tokens: int = Field(default=2048, ge=512, description="context of the generator")
    passage_tokens: int = Field(default=800, ge=100, description="tokens of passages in a prompt")
    answer_tokens: int = Field(default=256, ge=16, description="tokens that a generated answer may take")
