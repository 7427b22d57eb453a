"""The exercises of notebook 05, architectures: `eN_name.py` holds 5.N."""
