"""The exercises of notebook 09, bias and limits: `eN_name.py` holds 9.N."""
