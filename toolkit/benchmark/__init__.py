"""The benchmark: throughput of reference models on the device at hand, with intervals and evidence.

The parent (`runner`) never imports torch. It starts fresh worker processes (`worker`, `session`) that emit
raw events; `results` turns events into measurements. Reference models are the files of `models/`.
"""
