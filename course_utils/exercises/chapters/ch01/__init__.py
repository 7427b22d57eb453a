"""The exercises of notebook 01, language and LLMs: `eN_name.py` holds 1.N."""
