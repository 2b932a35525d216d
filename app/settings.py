"""Everything that an operator may set: one frozen class, read from the environment and from `.env`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_ADDRESS = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")  # host:port, [IPv6]:port


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
    answers_at_once: int = Field(default=4, ge=1, le=4, description="answers that the generator writes at once")
    passage_tokens: int = Field(default=800, ge=100, description="tokens of passages in a prompt")
    answer_tokens: int = Field(default=256, ge=16, description="tokens that a generated answer may take")
    read_passages: int = Field(default=3, ge=0, description="passages that the reader reads for a question; 0: none")
    generator_url: str = Field(default="", description="OpenAI-compatible address that writes; empty: none")
    generator_model: str = Field(default="", description="name of the model at that address")
    generator_key: SecretStr = Field(default=SecretStr(""), description="its bearer token, where it wants one")
    allowed_addresses: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="host:port, separated by commas: what may be asked besides this machine"
    )

    @field_validator("allowed_addresses", mode="before")
    @classmethod
    def _listed(cls, written: object) -> object:
        listed = (
            tuple(one.strip() for one in written.split(",") if one.strip()) if isinstance(written, str) else written
        )
        if isinstance(listed, tuple):
            for one in listed:
                if _ADDRESS.fullmatch(one) is None:
                    raise ValueError(f"host:port expected, not {one!r}")
        return listed
