"""The exercises of notebook 00b, tensors: `eN_name.py` holds 0b.N."""
