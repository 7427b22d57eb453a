"""The exercises of notebook 02, pipelines: `eN_name.py` holds 2.N."""
