"""The program's version: said here and nowhere else."""

VERSION = "0.4.0"
