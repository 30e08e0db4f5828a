"""Shapes and masks as numbers: numpy in, numpy out."""
