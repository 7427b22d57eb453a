"""The project of notebook 10b, milestone by milestone: `eN_name.py` holds 10.N."""
