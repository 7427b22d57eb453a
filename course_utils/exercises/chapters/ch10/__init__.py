"""The exercises of notebook 10, summary and project: `eN_name.py` holds 10.N."""
