"""The exercises of notebook 08, text generation: `eN_name.py` holds 8.N."""
