"""Shapes as plain numbers: numpy in, numpy out, no files.

Frame: pixels of the image as stored, origin at its top left corner, x to the right, y down, floats. A box is left, top, width, height, Ground
Truth's order.
"""
