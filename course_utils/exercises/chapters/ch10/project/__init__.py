"""The closing project of notebook 10, milestone by milestone: `eN_name.py` holds 10.N."""
