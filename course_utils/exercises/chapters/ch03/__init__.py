"""The exercises of notebook 03, beyond text: `eN_name.py` holds 3.N."""
