"""The exercises of notebook 00, start here: `eN_name.py` holds 0.N."""
