"""The exercises of notebook 04, how Transformers work: `eN_name.py` holds 4.N."""
