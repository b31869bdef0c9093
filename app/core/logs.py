"""Structured logs, one JSON object per line, with ids only: no name, number, telephone, code or address of a person."""

import logging
import sys

import structlog

log = structlog.get_logger()
SEALED_EVENT = "audit_sealed"  # with number and MAC of every seal, which the log shipper keeps outside this machine


def install(level: int = logging.INFO) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
