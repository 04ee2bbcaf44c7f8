"""Public price catalogues, read with their quirks into the schema of `offers.csv` or `api_prices.csv`.

    skypilot      catalogs/<schema>/<cloud>/vms.csv
    gpuhunt       <provider>.csv of a catalogue
    litellm       model_prices_and_context_window.json
    genai-prices  data.json

A row that cannot be read is listed with its line and left out; the rest is kept.
"""
