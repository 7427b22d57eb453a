"""The exercises of notebook 06, attention: `eN_name.py` holds 6.N."""
