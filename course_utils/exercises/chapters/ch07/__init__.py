"""The exercises of notebook 07, transfer learning: `eN_name.py` holds 7.N."""
