"""Traces: what one request took, in every process that it went through; off unless asked for."""
