"""optimum-benchmark at its own defaults, in its own environment: `worker_optimum MODE FOLDER`.

BERT-base with random weights and 1 sequence of 32 tokens, like the others; the model is written to FOLDER
first, because random weights from a local configuration do not work there without a connection. Prints its
report.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path

TOKENS = 32
os.environ.update({"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"})


def write_model(folder: Path) -> None:
    """BERT-base with random weights, where it is not there yet."""
    from transformers import BertConfig, BertForMaskedLM

    if not (folder / "config.json").exists():
        BertForMaskedLM(
            BertConfig(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        ).save_pretrained(folder)


def run(mode: str, folder: Path) -> dict[str, object]:
    """One benchmark by its process launcher; its report and the seconds from its start to its end."""
    begun = time.perf_counter()
    from optimum_benchmark import (
        Benchmark,
        BenchmarkConfig,
        InferenceConfig,
        ProcessConfig,
        PyTorchConfig,
        TrainingConfig,
    )

    if mode == "train":
        scenario = TrainingConfig(
            latency=True,
            max_steps=25,
            warmup_steps=5,
            dataset_shapes={"dataset_size": 500, "sequence_length": TOKENS},
            training_arguments={
                "per_device_train_batch_size": 1,
                "use_cpu": True,
                "report_to": "none",
                "output_dir": str(folder / "out"),
            },
        )
    else:
        scenario = InferenceConfig(latency=True, input_shapes={"batch_size": 1, "sequence_length": TOKENS})
    backend = PyTorchConfig(
        model=str(folder), library="transformers", task="fill-mask", model_type="bert", device="cpu"
    )
    config = BenchmarkConfig(name=mode, launcher=ProcessConfig(), scenario=scenario, backend=backend)
    report = Benchmark.launch(config)
    document = Benchmark(config=config, report=report).to_dict()
    return {"seconds": time.perf_counter() - begun, "document": document}


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    place = Path(sys.argv[2])
    events = os.dup(1)
    os.dup2(2, 1)  # it prints to standard output too
    if sys.argv[1] == "model":
        write_model(place)
        answer: dict[str, object] = {}
    else:
        answer = run(sys.argv[1], place)
    os.write(events, (json.dumps(answer, default=str) + "\n").encode())
