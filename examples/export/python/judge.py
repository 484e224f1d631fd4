"""Judges pictures with a detector that 'promptad export' wrote. Needs onnxruntime, numpy and pillow."""
import sys

import numpy as np
import onnxruntime
from PIL import Image

if len(sys.argv) < 3:
    sys.exit("Usage: judge.py <file.onnx> <picture>...")
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
limits = session.get_modelmeta().custom_metadata_map
height, width, _ = session.get_inputs()[0].shape
for path in sys.argv[2:]:
    picture = Image.open(path).convert("RGB")
    if picture.size != (width, height):
        # Equal to what PromptAD does, bit for bit, where the file was exported with --resizing false.
        picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    names = ["score", "map"] + (["normalized_score"] if "ng_limit" in limits else [])
    score, heat, *normalized = session.run(names, {"picture": np.asarray(picture)})
    verdict, shown = "-", "-"  # a detector without limits
    if normalized:
        verdict = "NG" if score[0] > float(limits["ng_limit"]) else "REVIEW" if score[0] > float(limits["review_limit"]) else "OK"
        shown = normalized[0][0]
    print(verdict, score[0], shown, heat.max(), path, sep="\t")
